/** The target kit in an account of somebody's own, with images that run: `npm run kit -- aws`. Skipped without. */
import { afterAll, describe, vi } from 'vitest';
import { DeploymentId } from '../../../shared/base/ids';
import type { Json } from '../../../shared/deploy';
import { findAll } from '../resources/engine';
import type { Options, Platform, TargetDriver } from '../resources/platform';
import { awsFargateDriver } from '../targets/aws-fargate';
import { awsLambdaDriver } from '../targets/aws-lambda';
import { azureContainerAppsDriver } from '../targets/azure-container-apps';
import { googleCloudRunDriver } from '../targets/google-cloud-run';
import type { ImageMaker } from '../targets/target';
import { testEngine } from './engine-work';
import { pricedBy, SILENT, targetKit } from './target-kit';
import { BROKEN_SAYS, pushedToys, removeToyImages, TOYS } from './toy-images';

interface Cloud {
  readonly driver: (images: ImageMaker) => TargetDriver;
  readonly options: Options;
  /** One thing that somebody changes behind our back. */
  readonly tamper: { readonly kind: string; readonly to: Json };
  readonly lines: readonly string[];
}

const CLOUDS: Readonly<Record<string, Cloud>> = {
  aws: {
    driver: (images) => awsFargateDriver({ images }),
    options: { exposure: 'public address' },
    tamper: { kind: 'log group', to: { retentionDays: 3 } },
    lines: ['vcpu', 'memory', 'address', 'image'],
  },
  lambda: {
    driver: (images) => awsLambdaDriver({ images }),
    options: {},
    tamper: { kind: 'log group', to: { retentionDays: 3 } },
    lines: ['duration', 'requests', 'image'],
  },
  google: {
    driver: (images) => googleCloudRunDriver({ images, stand: null }),
    options: {},
    tamper: { kind: 'service', to: { maxInstances: 2 } },
    lines: ['vcpu', 'memory'],
  },
  azure: {
    driver: (images) => azureContainerAppsDriver({ images, stand: null }),
    options: {},
    tamper: { kind: 'app', to: { ingress: 'external' } },
    lines: ['vcpu', 'memory', 'registry'],
  },
};

const TOY_IMAGES = 'slipway-kit-account';
const KIT_IDS = ['kit-one', 'kit-other'].map(DeploymentId);

/** Written by scripts/kit-real-account.mjs, which asks before it starts this. */
const { cloud: name = '', options = {} } = JSON.parse(process.env.SLIPWAY_REAL_ACCOUNT ?? '{}') as {
  cloud?: string;
  options?: Options;
};
const cloud = CLOUDS[name];
vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 1_800_000 });

describe.skipIf(!cloud)('A real account (skipped: it costs money; npm run kit -- aws)', () => {
  if (!cloud) return;
  const docker = testEngine();
  const driver = () => cloud.driver(pushedToys(docker, TOY_IMAGES));
  const chosen = { ...cloud.options, ...options };
  afterAll(() => removeToyImages(docker, TOY_IMAGES));

  const within = async <T>(work: (platform: Platform) => Promise<T>): Promise<T> => {
    const one = driver();
    const fallbacks = one.describe().options.map(({ key, fallback }) => [key, fallback]);
    const platform = await one.open({ ...Object.fromEntries(fallbacks), ...chosen });
    try {
      return await work(platform);
    } finally {
      await platform.close();
    }
  };

  targetKit(`${name}, a service`, () => ({
    driver,
    options: chosen,
    mode: 'service',
    priced: pricedBy(...cloud.lines),
    packages: TOYS,
    brokenSays: BROKEN_SAYS,
    // What is somebody else's is not looked at.
    inventory: () =>
      within(async (platform) => {
        const found = await Promise.all(KIT_IDS.map((id) => findAll(platform, id)));
        return found.flat().map((each) => `${each.kind} ${each.name}`);
      }),
    tamper: (id) =>
      within(async (platform) => {
        const kind = platform.kinds.find((each) => each.kind === cloud.tamper.kind);
        const [found] = (await kind?.list(id)) ?? [];
        if (!kind || !found) throw new Error(`There is no ${cloud.tamper.kind} to change.`);
        const spec = { ...(found.spec as object), ...(cloud.tamper.to as object) } as Json;
        const free = { what: '', detail: '', price: { kind: 'free' } } as const;
        await kind.update({ ...found, ...free, spec }, found, { task: SILENT, package: null });
      }),
  }));
});
