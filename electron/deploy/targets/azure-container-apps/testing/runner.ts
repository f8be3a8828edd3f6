/** Container Apps on the tests' engine: images that were really pushed, revisions that really run and answer by https. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Registry } from '../../../../engine/testing/registry';
import { StandContainers, StandRevisions, type Verdict } from '../../../testing/stand-containers';
import { InTurn, StandRegistry } from '../../../testing/stand-registry';
import type { ArmState, Json, Outcome } from './arm-state';
import { REFRESH_TOKEN } from './registry-data';

/** What a push to azurecr.io signs in with: given in exchange for Azure's own token. */
export const SIGN_IN = {
  username: '00000000-0000-0000-0000-000000000000',
  password: REFRESH_TOKEN,
};

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly secretRef?: string;
}

export class AzureRunner {
  readonly registry: StandRegistry;
  readonly #containers = new StandContainers(SIGN_IN);
  readonly #revisions = new StandRevisions(this.#containers);
  readonly #turns = new InTurn();
  readonly #front: Server;

  private constructor(
    state: ArmState,
    tls: { key: string; cert: string },
    registry: Pick<Registry, 'host'>,
  ) {
    this.registry = new StandRegistry(registry, SIGN_IN);
    this.#front = createServer(tls, (request, response) => {
      this.#serve(state, request, response).catch((thrown: unknown) =>
        response.writeHead(502).end(String(thrown)),
      );
    });
  }

  static async start(
    state: ArmState,
    tls: { key: string; cert: string },
    registry: Pick<Registry, 'host'>,
  ): Promise<AzureRunner> {
    const runner = new AzureRunner(state, tls, registry);
    await new Promise<void>((resolve) => runner.#front.listen(0, '127.0.0.1', resolve));
    state.runner = runner;
    return runner;
  }

  /** The address of the app that is open to the internet: there is one at this stand. */
  get host(): string {
    return `localhost:${(this.#front.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#front.closeAllConnections();
    await new Promise((resolve) => this.#front.close(resolve));
    await this.#revisions.keep(new Set());
    await this.#containers.stopAll();
  }

  /** What was pushed is known before a request, and what it removed is gone from the registry after it. */
  around<T>(state: ArmState, work: () => Promise<T>): Promise<T> {
    return this.#turns.do(async () => {
      const pushed = await this.registry.list();
      for (const { reference, digest } of pushed) state.push(reference, digest);
      try {
        return await work();
      } finally {
        const left = new Set(state.images.map(({ digest }) => digest));
        for (const each of pushed) if (!left.has(each.digest)) await this.registry.remove(each);
        await this.#revisions.keep(new Set(state.things.keys()));
      }
    });
  }

  begin(revision: string, template: Json, configuration: Json): void {
    const [container] = template.containers as readonly Json[];
    const secrets = new Map(
      ((configuration.secrets ?? []) as readonly { name: string; value?: string }[]).map(
        ({ name, value = '' }) => [name, value],
      ),
    );
    this.#revisions.begin(revision, {
      image: `${this.registry.host}/${container?.image}`,
      command: (container?.command ?? []) as readonly string[],
      environment: Object.fromEntries(
        ((container?.env ?? []) as readonly Variable[]).map(({ name, value, secretRef }) => [
          name,
          value ?? secrets.get(secretRef ?? '') ?? '',
        ]),
      ),
    });
  }

  /** Null for as long as it starts; `bad` is null where it answers. */
  endOf(revision: string): { bad: Outcome | null; log: readonly string[] } | null {
    const verdict = this.#revisions.verdictOf(revision);
    if (!verdict) return null;
    const log = verdict.kind === 'no-image' ? [] : verdict.log;
    const error = errorOf(verdict);
    return { bad: error === null ? null : { image: /./, error, log }, log };
  }

  async #serve(state: ArmState, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const revision = revisionWithTraffic(state);
    await this.#revisions.forward(revision, request.url ?? '', request, body, response);
  }
}

function revisionWithTraffic(state: ArmState): string {
  const [app] = state.list('Microsoft.App/containerApps');
  const { ingress } = (app?.properties.configuration ?? {}) as {
    ingress?: { traffic?: readonly { revisionName?: string; weight?: number }[] };
  };
  const name = ingress?.traffic?.find(({ weight = 0 }) => weight > 0)?.revisionName;
  return `Microsoft.App/containerApps/${app?.name}/revisions/${name}`;
}

/** In the words that Azure is known to use. */
function errorOf(verdict: Verdict): string | null {
  switch (verdict.kind) {
    case 'up':
      return null;
    case 'no-image':
      return `MANIFEST_UNKNOWN: ${verdict.why}`;
    case 'ended':
      return `Container package was terminated with exit code ${verdict.exitCode}.`;
    case 'never-ready':
      return 'The startup probe failed.';
  }
}
