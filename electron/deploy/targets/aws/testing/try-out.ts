/** One deployment on the stand from plan to removal, for the tests of what goes wrong. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toStudioError } from '../../../../../shared/base/studio-error';
import type { DeployResult, DeploySettings } from '../../../../../shared/deploy';
import { KnownPlaces } from '../../../resources/known-places';
import type { TargetDriver } from '../../../resources/platform';
import { ResourceTarget } from '../../../resources/resource-target';
import { applyPlan, ESTIMATE, PRICED, SILENT } from '../../../testing/target-kit';
import type { DeployRequest, ImageMaker } from '../../target';
import type { AwsEndpoint } from '../clients';
import { inventoryOf } from './inventory';
import type { AwsStand } from './stand';

export const packageOf = (hash: string) => ({
  folder: '/nowhere',
  name: 'toy',
  hash,
  python: '3.11',
  hasService: true,
});

/** What is tried out: a driver at the stand, and settings to begin with. */
export interface Trial {
  readonly driver: (needs: { images: ImageMaker; endpoint: AwsEndpoint }) => TargetDriver;
  readonly place: string;
  readonly settings: DeploySettings;
}

export class TryOut {
  readonly target: ResourceTarget;
  readonly #stand: AwsStand;
  readonly #home: string;
  readonly #trial: Trial;
  #before: string[] = [];

  private constructor(
    trial: Trial,
    stand: AwsStand,
    images: ImageMaker,
    home: string,
    url: string,
  ) {
    this.#trial = trial;
    this.#stand = stand;
    this.#home = home;
    const endpoint = { ...stand.endpoint, url };
    this.target = new ResourceTarget(trial.driver({ images, endpoint }), new KnownPlaces(home));
  }

  static async begin(
    trial: Trial,
    stand: AwsStand,
    images: ImageMaker,
    url = stand.endpoint.url,
  ): Promise<TryOut> {
    const home = await mkdtemp(join(tmpdir(), 'slipway-aws-'));
    const one = new TryOut(trial, stand, images, home, url);
    one.#before = await inventoryOf(stand);
    return one;
  }

  #request(hash: string, change: Partial<DeploySettings>): DeployRequest {
    return {
      settings: { ...this.#trial.settings, ...change },
      package: packageOf(hash),
      ...{ estimate: ESTIMATE, priced: PRICED, priceAs: () => PRICED },
    };
  }

  async check(change: Partial<DeploySettings> = {}) {
    return this.target.check(this.#request('first', change));
  }

  async plan(hash: string, change: Partial<DeploySettings> = {}) {
    return this.target.plan(this.#request(hash, change));
  }

  /** The files, as text. */
  async exported(hash: string, change: Partial<DeploySettings> = {}): Promise<string> {
    return JSON.stringify(await this.target.exportFiles(this.#request(hash, change)));
  }

  async deploy(
    hash: string,
    change: Partial<DeploySettings> = {},
    task = SILENT,
  ): Promise<DeployResult> {
    return applyPlan(this.target, await this.plan(hash, change), task);
  }

  /** Kind and sentence of what went wrong. */
  async refusal(work: Promise<unknown>): Promise<{ kind: string; message: string }> {
    const error = await work.then(
      () => null,
      (thrown: unknown) => toStudioError(thrown),
    );
    if (!error) throw new Error('It went well.');
    return { kind: error.kind, message: error.message };
  }

  /** Answers what a removal leaves at the place, which is nothing. */
  async end(change: Partial<DeploySettings> = {}): Promise<string[]> {
    this.#stand.proxy.faults.length = 0;
    await this.check(change);
    const { observations } = await this.target.list();
    const keys = observations.map(({ key }) => key);
    const key = `${this.#trial.settings.name}@${this.#trial.place}`;
    // Who is not signed in cannot remove; what is left is told either way.
    const quietly = () => [];
    for (const each of new Set([...keys, key])) {
      await this.target.remove(each, SILENT).catch(quietly);
    }
    await this.target.dispose();
    await rm(this.#home, { recursive: true, force: true });
    const left = await inventoryOf(this.#stand);
    return left.filter((each) => !this.#before.includes(each));
  }
}
