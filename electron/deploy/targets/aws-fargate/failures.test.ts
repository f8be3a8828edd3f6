/** What goes wrong at AWS, each with its sentence, and nothing left behind. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DeploymentId } from '../../../../shared/base/ids';
import type { DeploySettings } from '../../../../shared/deploy';
import { type AwsStand, SIGNED_IN, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
import { TryOut } from '../aws/testing/try-out';
import { useAwsStand } from '../aws/testing/use-stand';
import { FARGATE } from './testing/trial';

const why = whyNoAwsStand();
const BEHAVIOURS = new Map<string, Behaviour>([
  ['first', { exitCode: null, log: ['first is up'] }],
  ['sick', { exitCode: null, log: ['waiting for a database'], isUnhealthy: true }],
  ['large', { exitCode: 137, log: ['loading the model'], isTooLarge: true }],
]);
const IMAGES = standImages(BEHAVIOURS);

describe.skipIf(why !== null)(`what goes wrong at AWS${why ? ` (skipped: ${why})` : ''}`, () => {
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
    const one = await TryOut.begin(FARGATE, stand, images, url);
    const told = await one.refusal(one.deploy(hash, change));
    const left = await one.end(change);
    return { ...told, left };
  };
  const fault = (on: RegExp, code: string, message: string, times?: number) =>
    stand.proxy.faults.push({ on, code, message, ...(times === undefined ? {} : { times }) });

  it('nobody signed in, expired, and a clock that is wrong', async () => {
    fault(/^sts:/, 'ExpiredToken', 'The security token included in the request is expired', 3);
    const expired = await refused('first');
    fault(
      /^sts:/,
      'SignatureDoesNotMatch',
      'Signature expired: 20261121T115000Z is now earlier than 20261121T115500Z (20261121T120000Z - 5 min.)',
    );
    const behind = await refused('first');
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    const nobody = await refused('first');
    vi.stubEnv('AWS_ACCESS_KEY_ID', SIGNED_IN.AWS_ACCESS_KEY_ID);
    expect([expired, behind, nobody]).toEqual(
      [
        'The sign-in to AWS with the default profile has expired. Sign in again, then go on.',
        'This computer’s clock is behind AWS’s by more than five minutes, so AWS takes no request from it. Set the clock, then go on.',
        'Nobody is signed in to AWS with the default profile. Sign in, or choose another profile.',
      ].map((message) => ({ kind: 'unauthorized', message, left: [] })),
    );
  });

  it('not permitted, with the permission; then nothing stands but what is named', async () => {
    fault(
      /^iam:CreateRole/,
      'AccessDenied',
      'User: arn:aws:iam::123456789012:user/anna is not authorized to perform: iam:CreateRole on resource: role x because no identity-based policy allows the iam:CreateRole action',
    );
    expect(await refused('first')).toEqual({
      kind: 'permission',
      message:
        'AWS does not permit iam:CreateRole in eu-central-1 to the default profile. Ask for that permission, or choose another profile. What stands: log group /slipway/churn, image repository slipway/churn, image REGISTRY/slipway/churn:first. Deploy again to go on from there, or remove it.'.replace(
          'REGISTRY',
          stand.endpoint.registry,
        ),
      left: [],
    });
  });

  it('the account’s quota', async () => {
    fault(
      /^elasticloadbalancing:CreateLoadBalancer/,
      'TooManyLoadBalancers',
      'The limit has been reached',
    );
    const { kind, message, left } = await refused('first', { options: {} });
    expect({ kind, message: message.split(' What stands')[0], left }).toEqual({
      kind: 'precondition',
      message:
        'The account’s quota in eu-central-1 is used up (elasticloadbalancing:CreateLoadBalancer): The limit has been reached. Remove what is not needed, or ask AWS for more under Service Quotas.',
      left: [],
    });
  });

  it('throttled a while goes on, throttled for good says so', async () => {
    fault(/^ecs:CreateCluster/, 'ThrottlingException', 'Rate exceeded', 2);
    const one = await TryOut.begin(FARGATE, stand, IMAGES);
    const { revision } = await one.deploy('first');
    expect({ revision, left: await one.end() }).toEqual({ revision: 1, left: [] });
    fault(/^ecs:CreateCluster/, 'ThrottlingException', 'Rate exceeded');
    const { kind, message } = await refused('first');
    expect({ kind, message: message.split(' What stands')[0] }).toEqual({
      kind: 'server-unreachable',
      message:
        'AWS took no more requests for a while (ecs:CreateCluster in eu-central-1), also when asked again. Wait a minute, then go on.',
    });
  });

  it('a role of a moment ago that is not known yet is waited for', async () => {
    const message =
      "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/x' that was provided for this task.";
    fault(/^ecs:CreateService/, 'ClientException', message, 3);
    const one = await TryOut.begin(FARGATE, stand, IMAGES);
    const { revision } = await one.deploy('first');
    expect({ revision, left: await one.end() }).toEqual({ revision: 1, left: [] });
  });

  it('what cannot be planned is refused before anything is made', async () => {
    const cases: Partial<DeploySettings>[] = [
      { resources: { vcpu: 0.25, memoryGib: 8 } },
      { options: { vpc: 'vpc-00000000' } },
      { options: { cluster: 'nowhere' } },
      { options: { exposure: 'carrier pigeon' } },
      { mode: 'scheduled', schedule: { cron: '0 2 1 * 1', timeZone: 'UTC' } },
      { secrets: { TOKEN: 'env:TOKEN' } },
    ];
    const told = [];
    for (const each of cases) told.push((await refused('first', each)).message);
    expect({ told, strange: stand.proxy.strange }).toEqual({
      told: [
        'Fargate does not offer 0.25 vCPU with 8 GB. The next that holds it is 1 vCPU with 8 GB.',
        'There is no VPC vpc-00000000 in eu-central-1. Check its id and the region.',
        'There is no cluster nowhere in eu-central-1. Check its name and the region, or leave it empty for a new one.',
        'A service is reached by a load balancer or a public address, not by “carrier pigeon”.',
        'The schedule “0 2 1 * 1” names days of the month and of the week. EventBridge Scheduler takes one of the two: put * for the other.',
        'The secret TOKEN must lie in Secrets Manager or Parameter Store of AWS. Put it there and name it as there:<its ARN>.',
      ],
      strange: [],
    });
  });

  it('a secret that is named and not there, before anything is made', async () => {
    const one = await TryOut.begin(FARGATE, stand, IMAGES);
    const arn = (rest: string) => `arn:aws:${rest.replace(':', ':eu-central-1:123456789012:')}`;
    const inPlace = await stand.byHand.keepParameter('/team/token', 'planted-parameter');
    const checked = async (reference: string) =>
      (await one.check({ secrets: { TOKEN: `there:${reference}` } })).items.filter(
        ({ label }) => label === 'Secrets',
      );
    const lost = arn('secretsmanager:secret:lost-AbCdEf:key::');
    const items = [
      await checked(lost),
      await checked(arn('ssm:parameter/team/lost')),
      await checked(inPlace),
    ];
    fault(/^secretsmanager:/, 'AccessDeniedException', 'User is not authorized');
    items.push(await checked(lost));
    const failed = (detail: string) => ({ label: 'Secrets', status: 'failed', detail });
    const ok = (detail: string) => ({ label: 'Secrets', status: 'ok', detail });
    expect({ items: items.flat(), left: await one.end() }).toEqual({
      items: [
        failed(
          'There is no secret lost-AbCdEf in Secrets Manager of eu-central-1, where the secret TOKEN is to come from. Put it there, or correct its ARN.',
        ),
        failed(
          'There is no parameter team/lost in Parameter Store of eu-central-1, where the secret TOKEN is to come from. Put it there, or correct its ARN.',
        ),
        ok(inPlace),
        ok(`${lost} (not looked at)`),
      ],
      left: [],
    });
  });

  it('a region that does not answer', async () => {
    expect(await refused('first', {}, IMAGES, 'http://127.0.0.1:9')).toMatchObject({
      kind: 'server-unreachable',
      message:
        'AWS in the region eu-central-1 cannot be reached (sts:GetCallerIdentity). Check the region’s name, the network and the proxy.',
    });
  });

  it('an image that is not there, a program that is never ready, one that needs more memory', async () => {
    const nothingPushed = { ...IMAGES, push: async () => 'sha256:0' };
    const told = [
      await refused('first', {}, nothingPushed),
      await refused('sick'),
      await refused('large'),
    ].map(({ message, left }) => ({
      message: message.split(' What stands')[0]?.replaceAll(stand.endpoint.registry, 'REGISTRY'),
      left,
    }));
    expect(told).toEqual([
      {
        message:
          'Revision 1 of “churn” did not get ready: the image cannot be pulled (CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref REGISTRY/slipway/churn:first: REGISTRY/slipway/churn:first: not found). Check that it is in the registry and that the subnets lead to it.',
        left: [],
      },
      {
        message:
          'Revision 1 of “churn” did not get ready: it started but never got ready: Task failed container health checks. Look at what it says at the start. Its last words: waiting for a database',
        left: [],
      },
      {
        message:
          'Revision 1 of “churn” did not get ready: it does not fit: it took more memory than its limit of 0.5 GB. Give it more memory. Its last words: loading the model',
        left: [],
      },
    ]);
  });

  it('a name that somebody else has', async () => {
    const { logs } = stand.byHand;
    await logs.createLogGroup({ logGroupName: '/slipway/foreign' });
    // A name of its own: moto keeps the tags of a log group that was deleted.
    const told = await refused('first', { name: DeploymentId('foreign') });
    await logs.deleteLogGroup({ logGroupName: '/slipway/foreign' });
    expect(told).toEqual({
      kind: 'conflict',
      message:
        'There is a log group /slipway/foreign already, which Slipway did not make. Give the deployment another name, or remove that log group. Nothing of it stands.',
      left: [],
    });
  });
});
