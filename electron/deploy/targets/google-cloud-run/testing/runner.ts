/** Cloud Run on the tests' engine: images that were really pushed, revisions that really run and answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from '../../../../engine/testing/registry';
import { StandContainers, StandRevisions, type Verdict } from '../../../testing/stand-containers';
import { InTurn, StandRegistry } from '../../../testing/stand-registry';
import { GoogleRefusal } from './faults';
import type { GoogleState, Outcome, Thing } from './google-state';
import { pushImage } from './other-handlers';

type Json = Readonly<Record<string, unknown>>;

export const ACCESS_TOKEN = 'planted-google-token';
/** What a push to docker.pkg.dev signs in with. */
export const SIGN_IN = { username: 'oauth2accesstoken', password: ACCESS_TOKEN };

export class GoogleRunner {
  readonly registry: StandRegistry;
  readonly #containers = new StandContainers(SIGN_IN);
  readonly #revisions = new StandRevisions(this.#containers);
  readonly #turns = new InTurn();

  private constructor(registry: Pick<Registry, 'host'>) {
    this.registry = new StandRegistry(registry, SIGN_IN);
  }

  static start(state: GoogleState, registry: Pick<Registry, 'host'>): GoogleRunner {
    const runner = new GoogleRunner(registry);
    state.runner = runner;
    return runner;
  }

  async stop(): Promise<void> {
    await this.#revisions.keep(new Set());
    await this.#containers.stopAll();
  }

  /** What was pushed is known before a request, and what it removed is gone from the registry after it. */
  around<T>(state: GoogleState, work: () => Promise<T>): Promise<T> {
    return this.#turns.do(async () => {
      const pushed = await this.registry.list();
      for (const { reference, digest } of pushed) pushImage(state, reference, digest);
      try {
        return await work();
      } finally {
        for (const each of pushed)
          if (!state.images.has(each.reference)) await this.registry.remove(each);
        await this.#revisions.keep(new Set(state.things.keys()));
      }
    });
  }

  begin(revision: string, config: Json): void {
    const [container] = config.containers as readonly Json[];
    const env = (container?.env ?? []) as readonly { name: string; value?: string }[];
    this.#revisions.begin(revision, {
      image: `${this.registry.host}/${container?.image}`,
      command: (container?.command ?? []) as readonly string[],
      environment: Object.fromEntries(env.map(({ name, value = '' }) => [name, value])),
    });
  }

  /** Null for as long as it starts; `bad` is null where it answers. */
  endOf(revision: string): { bad: Outcome | null; log: readonly string[] } | null {
    const verdict = this.#revisions.verdictOf(revision);
    if (!verdict) return null;
    const log = verdict.kind === 'no-image' ? [] : verdict.log;
    return { bad: outcomeOf(verdict), log };
  }

  /** A request to a service's address, taken to the revision that has the traffic. */
  async serve(
    state: GoogleState,
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const [, , id = '', ...rest] = (request.url ?? '').split('/');
    const service = [...state.things.values()].find(({ name }) => name.endsWith(`/services/${id}`));
    if (!service) throw new GoogleRefusal(404, 'NOT_FOUND', `No service ${id}`);
    if (!service.invokerIamDisabled && request.headers.authorization !== 'Bearer stand-id')
      throw new GoogleRefusal(403, 'PERMISSION_DENIED', 'Not with an identity token.');
    const revision = `${service.name}/revisions/${trafficOf(service)}`;
    await this.#revisions.forward(revision, `/${rest.join('/')}`, request, body, response);
  }
}

const trafficOf = ({ trafficStatuses }: Thing): unknown =>
  (trafficStatuses as readonly Json[] | undefined)?.[0]?.revision;

function outcomeOf(verdict: Verdict): Outcome | null {
  const image = /./;
  switch (verdict.kind) {
    case 'up':
      return null;
    case 'no-image':
      return { image, reason: 'CONTAINER_MISSING', message: verdict.why, log: [] };
    case 'ended':
    case 'never-ready':
      return {
        image,
        reason: 'HEALTH_CHECK_CONTAINER_ERROR',
        message:
          'The user-provided container failed to start and listen on the port defined provided by the PORT=8000 environment variable within the allocated timeout.',
        log: verdict.log,
      };
  }
}
