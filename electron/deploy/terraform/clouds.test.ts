/** The export of Google's and Azure's targets on their stands: no provider of theirs could be had. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeploySettings } from '../../../shared/deploy';
import { deployer as azureDeployer } from '../targets/azure-container-apps/testing/deploying';
import { startStand as startAzure } from '../targets/azure-container-apps/testing/stand';
import { deployer as googleDeployer } from '../targets/google-cloud-run/testing/deploying';
import { startStand as startGoogle } from '../targets/google-cloud-run/testing/stand';
import { problemsOf } from './testing/module-check';
import { TerraformFolder, whyNoTerraform } from './testing/terraform';

const PLANTED = 'planted-secret-value';
const SHARED: Partial<DeploySettings> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a person wrote.
  environment: { GREETING: 'hello "${var.image}"', RATE: '%{ if }' },
  parameters: { learning_rate: '0.1' },
};
const SCHEDULE = { cron: '0 2 * * 1-5', timeZone: 'UTC' };
const why = whyNoTerraform();

async function layoutOf(files: Readonly<Record<string, string>>): Promise<string> {
  if (why !== null) return '';
  const folder = new TerraformFolder();
  await folder.write(files);
  const { text } = await folder.run('fmt', '-check', '-diff');
  await folder.remove();
  return text;
}

/** All of the module, without what is another one in each run: records tell when they were made. */
const lasting = (files: Readonly<Record<string, string>>): string =>
  ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf']
    .map(
      (name) =>
        `## ${name}\n${files[name]?.replace(/("dev.slipway.records?[.\d]*" += ).*/g, '$1…')}`,
    )
    .join('\n');

const EARLIER = 'it belongs to an earlier revision, and Terraform keeps the current one alone.';
const BUILT = 'Image toy:a: Terraform builds and pushes none; the commands are in the README.';
const SHARED_ONE = 'it was there before and is shared, so that Terraform leaves it alone.';
const RUNNING =
  'Revisions before the current one: Terraform leaves them running, and they are paid. Stop them with “az containerapp revision deactivate”.';

const IMPORTS = /^ {2}to = (.*)$/gm;
const importsIn = (files: Readonly<Record<string, string>>) =>
  [...(files['imports.tf'] ?? '').matchAll(IMPORTS)].map(([, to]) => to);

it('a module that the provider would refuse is refused', () => {
  const files = {
    'main.tf': `resource "google_cloud_scheduler_job" "app" {
  title = "x"

  http_target {
    oauth_token = {}
  }

  labels {}
}
`,
    'outputs.tf': `output "url" {
  value = "\${google_cloud_scheduler_job.app.uri} \${var.nowhere}"
}
`,
  };
  expect(problemsOf(files)).toEqual([
    'google_cloud_scheduler_job: title is no argument',
    'google_cloud_scheduler_job: labels is no argument',
    'google_cloud_scheduler_job: name is missing',
    'google_cloud_scheduler_job: labels is no block',
    'google_cloud_scheduler_job http_target: uri is missing',
    'google_cloud_scheduler_job http_target: oauth_token is a block',
    'google_cloud_scheduler_job labels is not known',
    'google_cloud_scheduler_job.app.uri: there is no such attribute',
    'var.nowhere is nowhere',
  ]);
});

describe(`Terraform for Google Cloud Run${why ? ` (its layout skipped: ${why})` : ''}`, () => {
  let stand: Awaited<ReturnType<typeof startGoogle>>;
  beforeAll(async () => {
    stand = await startGoogle();
  });
  afterAll(() => stand.google.stop());
  const secrets = { TOKEN: 'there:token/3' };

  const KINDS: readonly (readonly [Partial<DeploySettings>, readonly string[]])[] = [
    [{ mode: 'service', options: { access: 'public', maxInstances: 5 } }, [BUILT]],
    [
      { mode: 'service', options: { repository: 'team', ingress: 'internal' } },
      [`A folder in the repository team: ${SHARED_ONE}`, BUILT],
    ],
    [{ mode: 'job' }, [BUILT]],
    [{ mode: 'scheduled', schedule: SCHEDULE }, [BUILT]],
  ];
  it.each(KINDS)('takes every argument: %j', async (kind, said) => {
    const one = await googleDeployer(stand.driver(), { ...SHARED, secrets, ...kind });
    const { files, leftOut } = await one.exported();
    expect({ problems: problemsOf(files), layout: await layoutOf(files), leftOut }).toEqual({
      problems: [],
      layout: '',
      leftOut: said,
    });
  });

  it('says what it leaves out, and hands over what stands', async () => {
    const one = await googleDeployer(stand.driver(), { ...SHARED, secrets });
    await one.deploy('a');
    await one.deploy('b');
    const { files, leftOut } = await one.exported('b');
    expect({ leftOut, imports: importsIn(files) }).toEqual({
      leftOut: [
        `Image toy:a: ${EARLIER}`,
        'Image toy:b: Terraform builds and pushes none; the commands are in the README.',
        `Revision 1, kept: ${EARLIER}`,
      ],
      imports: ['google_artifact_registry_repository.app', 'google_cloud_run_v2_service.app'],
    });
    await expect(lasting(files)).toMatchFileSnapshot('./testing/google-cloud-run.tf.txt');
    await one.remove();
  });
});

describe('Terraform for Azure Container Apps', () => {
  let stand: Awaited<ReturnType<typeof startAzure>>;
  beforeAll(async () => {
    vi.stubEnv('PLANTED', PLANTED);
    stand = await startAzure();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await stand.azure.stop();
  });
  const secrets = { TOKEN: 'env:PLANTED' };

  const KINDS: readonly (readonly [Partial<DeploySettings>, readonly string[]])[] = [
    [{ mode: 'service', options: { ingress: 'external', maxReplicas: 5 } }, [BUILT, RUNNING]],
    [
      { mode: 'service', options: { registry: 'team', environment: 'house' } },
      [`A folder in the registry team: ${SHARED_ONE}`, BUILT, RUNNING],
    ],
    [
      { mode: 'service', options: { identity: '/subscriptions/s/identities/puller' } },
      [BUILT, RUNNING],
    ],
    [{ mode: 'job' }, [BUILT]],
    [{ mode: 'scheduled', schedule: SCHEDULE }, [BUILT]],
  ];
  it.each(KINDS)('takes every argument, and holds no value of a secret: %j', async (kind, said) => {
    const one = await azureDeployer(stand.driver(), { ...SHARED, secrets, ...kind });
    const { files, leftOut } = await one.exported();
    expect({
      leftOut,
      problems: problemsOf(files),
      layout: await layoutOf(files),
      holds: Object.values(files).some((text) => text.includes(PLANTED)),
    }).toEqual({ leftOut: said, problems: [], layout: '', holds: false });
  });

  it('says what it leaves out, and hands over what stands', async () => {
    const one = await azureDeployer(stand.driver(), { ...SHARED, secrets });
    await one.deploy('a');
    await one.deploy('b');
    const { files, leftOut } = await one.exported('b');
    expect({ leftOut, imports: importsIn(files) }).toEqual({
      leftOut: [
        `Image toy:a: ${EARLIER}`,
        'Image toy:b: Terraform builds and pushes none; the commands are in the README.',
        `Revision churn--r1, kept: ${EARLIER}`,
        RUNNING,
      ],
      imports: [
        'azurerm_container_registry.app',
        'azurerm_container_app_environment.app',
        'azurerm_container_app.app',
      ],
    });
    await expect(lasting(files)).toMatchFileSnapshot('./testing/azure-container-apps.tf.txt');
    await one.remove();
  });
});
