/** A place that is a map: the kit is tried on it, and the engine without waiting for anything. */
import { fail } from '../../../shared/base/studio-error';
import {
  canonical,
  type Found,
  type Json,
  LABEL,
  type Resource,
  type RevisionRecord,
  recordOf,
} from '../../../shared/deploy';
import type { TargetId } from '../../../shared/estimate';
import type { Platform, ResourceKind, TargetDriver } from '../resources/platform';

interface Thing extends Found {
  readonly spec: Json;
}

export class MemoryPlace {
  readonly things = new Map<string, Thing>();

  driver(id: TargetId = 'docker'): TargetDriver {
    return {
      id,
      hasDefaultPlace: true,
      describe: () => ({
        id,
        title: 'Memory',
        summary: '',
        unavailable: null,
        exports: null,
        modes: ['service'],
        survival: [],
        options: [],
        heeds: ['replicas'],
      }),
      placeOptions: () => ({}),
      open: async () => this.#platform(),
    };
  }

  #kind(kind: string): ResourceKind {
    const put = async ({ name, spec }: Resource) => {
      const record: Record<string, string> =
        kind === 'revision' ? { [LABEL.record]: canonical(spec) } : {};
      const deployment = name.replace(/\/.*$/, '');
      const labels = { [LABEL.deployment]: deployment, ...record };
      this.things.set(`${kind}/${name}`, { kind, name, spec, labels });
    };
    return {
      kind,
      list: async (id) =>
        [...this.things.values()].filter(
          (each) => each.kind === kind && (id === null || each.labels[LABEL.deployment] === id),
        ),
      create: put,
      update: put,
      remove: async (name) => void this.things.delete(`${kind}/${name}`),
      ...(kind === 'process'
        ? {
            ready: async ({ spec }) => {
              if (canonical(spec).includes('broken')) fail('unexpected', 'It says: no such model.');
            },
          }
        : {}),
    };
  }

  #platform(): Platform {
    return {
      place: { id: 'memory', title: 'memory of this test' },
      kinds: [this.#kind('revision'), this.#kind('process')],
      check: async () => [],
      imageOf: ({ hash }) => `image:${hash}`,
      settle: async (settings) => settings,
      deployed: ({ replicas }) => ({ instances: replicas }),
      desired: async ({ id, revision, others }) => [
        ...[...others, revision].map((each) => noteOf(id, each)),
        {
          kind: 'process',
          name: `${id}/process`,
          what: 'The process',
          detail: revision.image ?? '',
          spec: { revision: revision.number, image: revision.image },
          price: { kind: 'total' },
        },
      ],
      observe: async (id, found) => {
        const revisions = found.flatMap(({ labels }) => recordOf(labels) ?? []);
        const process = found.find(({ kind }) => kind === 'process');
        const current = Number((process?.spec as { revision?: number } | undefined)?.revision);
        const last = revisions.at(-1);
        if (!last) return null;
        return {
          url: null,
          state: { ...STATE, revision: process ? current : last.number },
          record: {
            version: 1,
            id,
            targetId: 'docker',
            mode: 'service',
            port: null,
            wanted: 'up',
            isFinished: process !== undefined,
            currentRevision: process ? current : last.number,
            revisions,
            createdAt: 0,
            deployedAt: 0,
          },
        };
      },
      followLogs: async function* () {},
      readLogs: async () => [],
      command: async () => undefined,
      reach: () => fail('precondition', 'It answers nothing.'),
      warnings: () => [],
      close: async () => undefined,
    };
  }
}

function noteOf(id: string, record: RevisionRecord): Resource {
  return {
    kind: 'revision',
    name: `${id}/r${record.number}`,
    what: `Revision ${record.number}`,
    detail: record.image ?? '',
    spec: JSON.parse(JSON.stringify(record)) as Json,
    price: { kind: 'free' },
  };
}

const STATE = {
  status: 'running' as const,
  detail: '',
  since: 0,
  revision: 1,
  health: { status: 'ok' as const, message: '', checkedAt: null },
  restarts: 0,
  requests: null,
  errors: null,
  activeMs: 0,
  runCount: 0,
  runs: [],
  nextRunAt: null,
};
