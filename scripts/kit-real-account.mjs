/**
 * `npm run kit -- aws|lambda|google|azure`: the target kit in an account of yours, which costs money. It says who you are there
 * and what it makes, and asks. `--yes` does not ask, `--kills` also dies at each call and goes on (hours).
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { node24 } from './lib/node24.mjs';
import { ROOT } from './lib/paths.mjs';
import { main, Stop, show } from './lib/run.mjs';
import { withDockerEngine } from './setup/docker-engine.mjs';

const KILLS = 'ends the same after a kill';
const MAKES = {
  aws: 'tasks of 1 vCPU on Fargate with public addresses, a repository in ECR, log groups, roles, security groups',
  lambda: 'functions of Lambda open to everyone, a repository in ECR, log groups, roles',
  google: 'services of Cloud Run that stand idle, and a Docker repository',
  azure: 'a registry of the Basic kind and an environment for each deployment, and apps of 1 vCPU',
};
const WHO = { aws: whoAtAws, lambda: whoAtAws, google: whoAtGoogle, azure: whoAtAzure };

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
      kills: { type: 'boolean', default: false },
      option: { type: 'string', multiple: true, default: [] },
    },
  });
  const [cloud = ''] = positionals;
  if (!Object.hasOwn(WHO, cloud))
    throw new Stop(`There are aws, lambda, google and azure, no '${cloud}'.`, 'npm run kit -- aws');
  const given = Object.fromEntries(values.option.map((each) => each.split(/=(.*)/s, 2)));
  const { who, options } = await WHO[cloud](given);
  console.log(`${who}.`);
  console.log(`The kit makes two deployments there, kit-one and kit-other: ${MAKES[cloud]}.`);
  console.log('Each is deployed several times and removed. What it costs is the time they stand.');
  if (!values.yes && !(await isAgreed())) throw new Stop('Nothing was made.', 'Say yes, or --yes.');
  return withDockerEngine((engine) => run(cloud, options, values.kills, engine));
});

async function isAgreed() {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const said = await lines.question('Go on? (yes) ');
  lines.close();
  return said.trim() === 'yes';
}

async function run(cloud, options, hasKills, engine) {
  if (!engine.SLIPWAY_TEST_DOCKER)
    throw new Stop(`The kit builds its images: ${engine.SLIPWAY_TEST_DOCKER_WHY}`, 'Start Docker.');
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const file = 'electron/deploy/testing/real-account.test.ts';
  const without = hasKills ? [] : ['-t', `^(?!.*${KILLS})`];
  const env = {
    ...process.env,
    ...engine,
    SLIPWAY_REAL_ACCOUNT: JSON.stringify({ cloud, options }),
  };
  return show(node24(), [vitest, 'run', file, ...without], { env });
}

async function whoAtAws(given) {
  const { STS } = await import('@aws-sdk/client-sts');
  const sts = new STS(given.profile ? { profile: given.profile } : {});
  try {
    const region = given.region ?? (await sts.config.region());
    const { Account, Arn } = await new STS({ ...sts.config, region }).getCallerIdentity({});
    return { who: `AWS account ${Account}, ${region}, as ${Arn}`, options: { ...given, region } };
  } catch (error) {
    throw new Stop(
      `Nobody is signed in to AWS here, or no region is set (${error.message}).`,
      'aws sso login, or aws configure',
    );
  }
}

async function whoAtGoogle(given) {
  const { GoogleAuth } = await import('google-auth-library');
  try {
    const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
    const client = await auth.getClient();
    await client.getAccessToken();
    const project = given.project ?? (await auth.getProjectId());
    const region = given.region ?? 'us-central1';
    const as = client.email ?? 'whoever signed in by gcloud';
    const who = `Google Cloud project ${project}, ${region}, as ${as}`;
    return { who, options: { ...given, project, region } };
  } catch (error) {
    throw new Stop(
      `Nobody is signed in to Google Cloud here, or no project is set (${error.message}).`,
      'gcloud auth application-default login, then npm run kit -- google --option project=ID',
    );
  }
}

async function whoAtAzure(given) {
  const { subscription, resourceGroup } = given;
  if (!subscription || !resourceGroup)
    throw new Stop(
      'The kit needs a subscription and a resource group that is there.',
      'npm run kit -- azure --option subscription=ID --option resourceGroup=NAME',
    );
  const { DefaultAzureCredential } = await import('@azure/identity');
  const scope = 'https://management.azure.com/.default';
  const { token } = await new DefaultAzureCredential().getToken(scope).catch((error) => {
    const [why] = error.message.split('\n');
    throw new Stop(`Nobody is signed in to Azure here (${why}).`, 'az login');
  });
  const { upn, unique_name, appid } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const as = upn ?? unique_name ?? `the application ${appid}`;
  const who = `Azure subscription ${subscription}, resource group ${resourceGroup}, as ${as}`;
  return { who, options: given };
}
