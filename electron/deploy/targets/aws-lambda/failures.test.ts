/** What goes wrong on Lambda, each with its sentence, and nothing left behind. */

import { ECR } from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type DeploySettings, LABEL } from '../../../../shared/deploy';
import { type AwsStand, CREDENTIALS, REGION, SIGNED_IN, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
import { TryOut } from '../aws/testing/try-out';
import { useAwsStand } from '../aws/testing/use-stand';
import { LAMBDA } from './testing/trial';

const why = whyNoAwsStand();
const BEHAVIOURS = new Map<string, Behaviour>([
  ['first', { exitCode: null, log: ['first is up'] }],
  ['broken', { exitCode: 3, log: ['loading', 'no such model'] }],
  ['sick', { exitCode: null, log: ['waiting for a database'], isUnhealthy: true }],
  ['large', { exitCode: 137, log: ['loading the model'], isTooLarge: true }],
]);
const IMAGES = standImages(BEHAVIOURS);

describe.skipIf(why !== null)(`what goes wrong on Lambda${why ? ` (skipped: ${why})` : ''}`, () => {
  let stand: AwsStand;
  useAwsStand((started) => {
    stand = started;
  });
  beforeEach(() => {
    stand.proxy.faults.length = 0;
    stand.proxy.strange.length = 0;
  });

  const refused = async (
    hash: string,
    change: Partial<DeploySettings> = {},
    images = IMAGES,
    url = stand.endpoint.url,
  ) => {
    const one = await TryOut.begin(LAMBDA, stand, images, url);
    const told = await one.refusal(one.deploy(hash, change));
    const message = told.message
      .split(' What stands')[0]
      ?.replaceAll(stand.endpoint.registry, 'REGISTRY');
    return { kind: told.kind, message, left: await one.end(change) };
  };
  const fault = (on: RegExp, code: string, message: string, status = 400, times?: number) =>
    stand.proxy.faults.push({ on, code, message, status, ...(times ? { times } : {}) });

  it('expired, not permitted', async () => {
    fault(/^lambda:Create/, 'ExpiredTokenException', 'The security token is expired', 403);
    const expired = await refused('first');
    fault(
      /^lambda:CreateFunction$/,
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/anna is not authorized to perform: lambda:CreateFunction on resource: x',
      403,
    );
    const denied = await refused('first');
    expect([expired, denied]).toEqual([
      {
        kind: 'unauthorized',
        message:
          'The sign-in to AWS with the default profile has expired. Sign in again, then go on.',
        left: [],
      },
      {
        kind: 'permission',
        message:
          'AWS does not permit lambda:CreateFunction in eu-central-1 to the default profile. Ask for that permission, or choose another profile.',
        left: [],
      },
    ]);
  });

  it('nobody signed in, a region that does not answer, the account’s quota', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    const nobody = await refused('first');
    vi.stubEnv('AWS_ACCESS_KEY_ID', SIGNED_IN.AWS_ACCESS_KEY_ID);
    const nowhere = await refused('first', {}, IMAGES, 'http://127.0.0.1:9');
    const most = 'Code storage limit exceeded.';
    fault(/^lambda:CreateFunction$/, 'CodeStorageExceededException', most);
    const full = await refused('first');
    expect([nobody, nowhere, full]).toEqual([
      {
        kind: 'unauthorized',
        message:
          'Nobody is signed in to AWS with the default profile. Sign in, or choose another profile.',
        left: [],
      },
      {
        kind: 'server-unreachable',
        message:
          'AWS in the region eu-central-1 cannot be reached (sts:GetCallerIdentity). Check the region’s name, the network and the proxy.',
        left: [],
      },
      {
        kind: 'precondition',
        message:
          'The account’s quota in eu-central-1 is used up (lambda:CreateFunction): Code storage limit exceeded. Remove what is not needed, or ask AWS for more under Service Quotas.',
        left: [],
      },
    ]);
  });

  it('throttled a while and a role of a moment ago go on, throttled for good says so', async () => {
    fault(/^lambda:PublishVersion/, 'TooManyRequestsException', 'Rate exceeded', 429, 2);
    const unknown = 'The role defined for the function cannot be assumed by Lambda.';
    fault(/^lambda:CreateFunction$/, 'InvalidParameterValueException', unknown, 400, 3);
    const one = await TryOut.begin(LAMBDA, stand, IMAGES);
    const { revision } = await one.deploy('first');
    expect({ revision, left: await one.end() }).toEqual({ revision: 1, left: [] });
    fault(/^lambda:PublishVersion/, 'TooManyRequestsException', 'Rate exceeded', 429);
    expect(await refused('first')).toEqual({
      kind: 'server-unreachable',
      message:
        'AWS took no more requests for a while (lambda:PublishVersion in eu-central-1), also when asked again. Wait a minute, then go on.',
      left: [],
    });
  });

  it('what cannot be planned is refused before anything is made', async () => {
    const cases: Partial<DeploySettings>[] = [
      { mode: 'job' },
      { resources: { vcpu: 2, memoryGib: 1 } },
      { resources: { vcpu: 1, memoryGib: 16 } },
      { options: { timeoutSeconds: '1000' } },
      { options: { access: 'friends' } },
      { secrets: { TOKEN: 'env:TOKEN' } },
      { environment: { AWS_REGION: 'x' } },
      { environment: { LONG: 'x'.repeat(5000) } },
    ];
    const one = await TryOut.begin(LAMBDA, stand, IMAGES);
    const told = [];
    for (const each of cases) {
      told.push((await one.refusal(one.plan('first', each))).message);
    }
    expect({ told, left: await one.end(), strange: stand.proxy.strange }).toEqual({
      told: [
        'Slipway puts services on Lambda, and this is none. For a job or a schedule, take AWS Fargate.',
        'On Lambda the vCPUs come with the memory: 1 GB has 0.57, not 2. Ask for 3.5 GB.',
        'Lambda offers whole megabytes from 128 to 10240, not 16 GB (16384 MB).',
        'A request may take 1 to 900 seconds on Lambda, not 1000.',
        'It is open to everyone or to who is signed in to AWS, not “friends”.',
        'Lambda gives a function no secrets by reference, and Slipway writes none into its settings: TOKEN. Take AWS Fargate for it, or read the secret in the program, with a role of its own.',
        'Lambda keeps AWS_REGION for itself. Give the variable another name.',
        'All environment variables together may hold 4 KB on Lambda; these hold 4.9 KB. Move long ones into a file of the package.',
      ],
      left: [],
      strange: [],
    });
  });

  it('an image that is not there, one Lambda cannot take, a program that ends, is never ready, needs more memory', async () => {
    const nothingPushed = { ...IMAGES, push: async () => 'sha256:0' };
    const told = [await refused('first', {}, nothingPushed)];
    stand.lambda.failNext = {
      code: 'InvalidImage',
      reason: 'The image is not for linux/amd64.',
    };
    for (const hash of ['first', 'broken', 'sick', 'large']) told.push(await refused(hash));
    expect(told).toEqual(
      [
        [
          'not-found',
          'The image is not in the registry any more: Source image REGISTRY/slipway-lambda/churn:first does not exist. Deploy again: it is pushed then.',
        ],
        [
          'step-failed',
          'The function slipway-churn cannot be run: The image is not for linux/amd64. It must be an image for Linux on x86 of at most 10 GB.',
        ],
        [
          'step-failed',
          'Revision 1 of “churn” did not get ready: it ended while it was started (Runtime exited with error: exit status 3). Its last words: loading | no such model',
        ],
        [
          'step-failed',
          'Revision 1 of “churn” did not get ready: it answers /readyz with 503: {"status":"not ready","path":"/readyz"}. Look at what it says at the start. Its last words: waiting for a database',
        ],
        [
          'step-failed',
          'Revision 1 of “churn” did not get ready: it does not fit: it took more memory than its limit of 512 MB. Give it more memory. Its last words: loading the model',
        ],
      ].map(([kind, message]) => ({ kind, message, left: [] })),
    );
  });

  it('an image repository that is a deployment’s of that name on Fargate', async () => {
    const ecr = new ECR({ endpoint: stand.endpoint.url, region: REGION, credentials: CREDENTIALS });
    const repositoryName = 'slipway-lambda/churn';
    const tags = [{ Key: LABEL.deployment, Value: 'churn' }];
    await ecr.createRepository({ repositoryName, tags });
    const told = await refused('first');
    await ecr.deleteRepository({ repositoryName });
    expect(told).toEqual({
      kind: 'conflict',
      message:
        'There is an image repository slipway-lambda/churn already, which Slipway did not make. Give the deployment another name, or remove that image repository.',
      left: [],
    });
  });

  it('a function of that name that somebody else has', async () => {
    const role = await stand.byHand.iam.createRole({
      RoleName: 'somebody',
      AssumeRolePolicyDocument: '{}',
    });
    stand.lambda.functions.set('slipway-churn', {
      name: 'slipway-churn',
      latest: {
        image: '',
        config: {
          FunctionName: 'slipway-churn',
          FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:slipway-churn',
          Version: '$LATEST',
          Role: role.Role?.Arn ?? '',
        },
      },
      versions: [],
      aliases: new Map(),
      tags: {},
      reserved: null,
      busy: 0,
    });
    const told = await refused('first');
    stand.lambda.functions.delete('slipway-churn');
    await stand.byHand.iam.deleteRole({ RoleName: 'somebody' });
    expect(told).toEqual({
      kind: 'conflict',
      message:
        'There is a function slipway-churn already, which Slipway did not make. Give the deployment another name, or remove that function.',
      left: [],
    });
  });
});
