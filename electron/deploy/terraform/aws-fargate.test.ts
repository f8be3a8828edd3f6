/** The export of Fargate's target: its text everywhere, and with Terraform and the provider against the stand of AWS. */

import { describe, expect, it, vi } from 'vitest';
import { DeploymentId, EstimateId } from '../../../shared/base/ids';
import type { DeploySettings, RevisionRecord } from '../../../shared/deploy';
import { inventoryOf } from '../targets/aws/testing/inventory';
import { type AwsStand, whyNoAwsStand } from '../targets/aws/testing/stand';
import { pushImage, standImages } from '../targets/aws/testing/stand-images';
import { packageOf, TryOut } from '../targets/aws/testing/try-out';
import { useAwsStand } from '../targets/aws/testing/use-stand';
import { desiredOf } from '../targets/aws-fargate/desired';
import type { Here } from '../targets/aws-fargate/here';
import { NAMING } from '../targets/aws-fargate/naming';
import { FARGATE } from '../targets/aws-fargate/testing/trial';
import { ESTIMATE, PRICED } from '../testing/target-kit';
import { fargateModule } from './aws-fargate';
import { moduleFiles } from './module';
import { problemsOf } from './testing/module-check';
import { TerraformFolder, whyNoProvider } from './testing/terraform';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf';
const CHOSEN = { repositoryFolder: 'slipway', vpc: 'vpc-1', subnets: 'subnet-1,subnet-2' };
const SCHEDULE = { cron: '0 2 * * 1-5', timeZone: 'Europe/Berlin' };
const IMAGE = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/slipway/churn';

const here = (cluster: string): Here => ({
  account: { account: '123456789012', arn: 'arn:x', region: 'eu-central-1', partition: 'aws' },
  cluster,
  registry: IMAGE.split('/')[0] ?? '',
  images: standImages(new Map()),
  pollMs: 1,
  naming: NAMING,
  ids: async () => [],
  // Nothing stands yet: nobody is asked.
  clients: {} as Here['clients'],
});

const recordOf = (number: number, settings: DeploySettings): RevisionRecord => ({
  number,
  createdAt: number,
  packageName: 'toy',
  packageDigest: 'digest',
  environment: null,
  image: `${IMAGE}:r${number}`,
  parameters: settings.parameters,
  schedule: settings.schedule,
  settings,
  estimate: { id: EstimateId('e'), perRun: null, perMonth: null },
});

async function exportOf(change: Partial<DeploySettings>, cluster = '') {
  const settings: DeploySettings = {
    ...FARGATE.settings,
    environment: { GREETING: 'hello', ACCOUNT: '123456789012' },
    secrets: { TOKEN: `there:${ARN}:token::` },
    ...change,
    options: { ...CHOSEN, ...change.options },
  };
  const wanted = {
    id: DeploymentId('churn'),
    mode: settings.mode,
    revision: recordOf(2, settings),
    settings,
    others: [recordOf(1, settings)],
  };
  const place = here(cluster);
  const resources = desiredOf(place, wanted, [`${IMAGE}:r1`]);
  return moduleFiles(await fargateModule(place, wanted, resources, []));
}

const EARLIER = 'it belongs to an earlier revision, and Terraform keeps the current one alone.';
const LEFT_OUT = [
  `Image slipway/churn:r1: ${EARLIER}`,
  'Image slipway/churn:r2: Terraform builds and pushes none; the commands are in the README.',
  `Task definition, revision 1: ${EARLIER}`,
];
const NO_URL =
  'Its URL: a task’s public address changes with each task, and Terraform does not see it.';

const BALANCED = { exposure: 'load balancer' };
const ROLES = {
  executionRole: 'arn:aws:iam::123456789012:role/ours',
  taskRole: 'arn:aws:iam::123456789012:role/task',
};
const KINDS: readonly (readonly [Partial<DeploySettings>, string, readonly string[]])[] = [
  [{ options: { exposure: 'public address' } }, '', [...LEFT_OUT, NO_URL]],
  [{ options: { ...BALANCED, ...ROLES } }, 'house', LEFT_OUT],
  [{ mode: 'job' }, '', LEFT_OUT],
  [{ mode: 'scheduled', schedule: SCHEDULE, options: ROLES }, 'house', LEFT_OUT],
];

describe('Terraform for AWS Fargate', () => {
  it.each(KINDS)('takes every argument: %j', async (change, cluster, said) => {
    const { files, leftOut } = await exportOf(change, cluster);
    expect({ problems: problemsOf(files), leftOut }).toEqual({ problems: [], leftOut: said });
  });

  it('is one module with references, and no value of a secret', async () => {
    const { files, leftOut } = await exportOf({ options: BALANCED });
    const text = ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf', 'imports.tf', 'README.md']
      .map((name) => `## ${name}\n${files[name]}`)
      .join('\n');
    expect(leftOut).toEqual(LEFT_OUT);
    await expect(text).toMatchFileSnapshot('./testing/aws-fargate.tf.txt');
  });
});

const why = whyNoAwsStand() ?? whyNoProvider('aws', '5.100');
/** A load balancer from nothing: the provider looks for the first time after a minute. */
const isWhole = process.env.SLIPWAY_TEST_TERRAFORM_WHOLE === '1';

describe.skipIf(why !== null)(`applied at AWS${why ? ` (skipped: ${why})` : ''}`, () => {
  let stand: AwsStand;
  useAwsStand((started) => {
    stand = started;
  });
  const up = { exitCode: null, log: ['it is up'] };
  const begin = () => TryOut.begin(FARGATE, stand, standImages(new Map([['first', up]])));
  const requestOf = (change: Partial<DeploySettings>) => ({
    settings: { ...FARGATE.settings, ...change },
    package: packageOf('first'),
    estimate: ESTIMATE,
    priced: PRICED,
    priceAs: () => PRICED,
  });
  async function folderOf(files: Readonly<Record<string, string>>): Promise<TerraformFolder> {
    const folder = new TerraformFolder({ AWS_ENDPOINT_URL: stand.endpoint.url });
    await folder.write(files);
    expect(await folder.run('fmt', '-check', '-diff')).toEqual({ code: 0, text: '' });
    expect(await folder.init('aws', '5.100')).toMatchObject({ code: 0 });
    return folder;
  }

  it('what Slipway made is taken over: nothing is made anew', async () => {
    const one = await begin();
    const change = { options: BALANCED };
    await one.deploy('first', change);
    const { files } = await one.target.exportFiles(requestOf(change));
    const folder = await folderOf(files);
    const { code, text } = await folder.run('plan');
    const changed = [...text.matchAll(/# (\S+) (?:will|must) be (?!imported)(.*)/g)];
    expect({
      code,
      sum: /^Plan: .*/m.exec(text)?.[0],
      changed: changed.map(([, what, how]) => `${what} ${how}`),
    }).toEqual({
      code: 0,
      sum: 'Plan: 12 to import, 0 to add, 3 to change, 0 to destroy.',
      // How Terraform itself goes about them (force_delete, wait_for_steady_state), and what moto does not tell.
      changed: [
        'aws_ecr_repository.app updated in-place',
        'aws_ecs_service.app updated in-place',
        'aws_lb.app updated in-place',
      ],
    });
    await folder.remove();
    expect(await one.end(change)).toEqual([]);
  });

  const fromNothing = async (change: Partial<DeploySettings>) => {
    const before = await inventoryOf(stand);
    const one = await begin();
    const { files } = await one.target.exportFiles(requestOf(change));
    const folder = await folderOf(files);
    const image = /default += "(.*)"/.exec(files['variables.tf'] ?? '')?.[1] ?? '';
    await pushImage(image, up, stand.signIn);
    const applied = await folder.run('apply', '-auto-approve');
    const again = await folder.run('plan', '-detailed-exitcode');
    const { changes } = await one.plan('first', change);
    const strange = stand.proxy.strange;
    const destroyed = await folder.run('destroy', '-auto-approve', '-refresh=false');
    expect({
      codes: [applied, again, destroyed].map(({ code, text }) => (code === 0 ? 0 : text)),
      // Slipway finds all of it and would change nothing: it is the same plan.
      slipway: [...new Set(changes.map(({ kind }) => kind))],
      strange,
      left: (await inventoryOf(stand)).filter((each) => !before.includes(each)),
    }).toEqual({ codes: [0, 0, 0], slipway: ['keep'], strange: [], left: [] });
    await folder.remove();
    await one.end(change);
  };

  it('made from nothing it is what Slipway would make, and goes away whole', async () => {
    await stand.ecs.answer('CreateCluster', { clusterName: 'house' });
    await fromNothing({ mode: 'scheduled', schedule: SCHEDULE, options: { cluster: 'house' } });
  });

  it.skipIf(!isWhole)(
    `a service behind a load balancer too${isWhole ? '' : ' (skipped: it takes minutes, set SLIPWAY_TEST_TERRAFORM_WHOLE=1)'}`,
    () => fromNothing({ options: BALANCED }),
  );
});
