/** What stands in the project of the stand: services with their revisions, jobs, repositories, images, schedules. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, badPrecondition, notFound } from './faults';
import type { GoogleRunner } from './runner';

export type Thing = Record<string, unknown> & { name: string };
type Json = Readonly<Record<string, unknown>>;

/** How a revision or an execution with such an image ends. */
export interface Outcome {
  readonly image: RegExp;
  readonly reason: string;
  readonly message: string;
  readonly log: readonly string[];
}
interface Operation {
  readonly name: string;
  readonly finish: () => { readonly error?: { code: number; message: string } };
  readonly isDue: () => boolean;
  polls: number;
  done: { readonly error?: { code: number; message: string } } | null;
}
export interface LogEntry {
  readonly service: string;
  readonly revision: string;
  readonly text: string;
  readonly at: number;
}

export class GoogleState {
  readonly things = new Map<string, Thing>();
  readonly images = new Map<string, Thing>();
  readonly logs: LogEntry[] = [];
  readonly outcomes: Outcome[] = [];
  /** "token/3" to what Secret Manager holds. */
  readonly secrets = new Map<string, string>();
  /** Where services answer. */
  address = '';
  /** How many requests an operation takes. */
  pollsNeeded = 1;
  /** For how many reads a thing made just now is not seen. */
  staleReads = 0;
  /** Where revisions really run; without it the outcomes say how they end. */
  runner: GoogleRunner | null = null;
  readonly #operations = new Map<string, Operation>();
  readonly #unseen = new Map<string, number>();
  #serial = 0;

  get(name: string): Thing {
    const thing = this.things.get(name);
    const left = this.#unseen.get(name) ?? 0;
    if (left > 0) this.#unseen.set(name, left - 1);
    if (!thing || left > 0) throw notFound(name);
    return thing;
  }

  list(parent: string, collection: string): Thing[] {
    const start = `${parent}/${collection}/`;
    return [...this.things.values()].filter(
      ({ name }) => name.startsWith(start) && !name.slice(start.length).includes('/'),
    );
  }

  put(name: string, value: Json): Thing {
    if (this.things.has(name)) throw alreadyExists(name);
    return this.replace(name, { ...value, uid: randomUUID(), generation: '1', createTime: now() });
  }

  replace(name: string, value: Json): Thing {
    if (!this.things.has(name) && this.staleReads > 0) this.#unseen.set(name, this.staleReads);
    const thing = { ...value, name, updateTime: now() };
    this.things.set(name, thing);
    return thing;
  }

  drop(name: string): Thing {
    const thing = this.things.get(name);
    if (!thing) throw notFound(name);
    for (const key of [...this.things.keys()])
      if (key === name || key.startsWith(`${name}/`)) this.things.delete(key);
    return thing;
  }

  begin(parent: string, finish: Operation['finish'], isDue = () => true): Json {
    const name = `${parent.split('/').slice(0, 4).join('/')}/operations/${randomUUID()}`;
    this.#operations.set(name, { name, finish, isDue, polls: 0, done: null });
    return { name, done: false };
  }

  operation(name: string): Json {
    const operation = this.#operations.get(name);
    if (!operation) throw notFound(name);
    const { error } = operation.done ?? {};
    return { name, done: operation.done !== null, ...(error ? { error } : {}) };
  }

  /** Time passes by requests: things go on though nobody asks for their operation. */
  tick(): void {
    for (const operation of this.#operations.values()) {
      if (operation.done) continue;
      operation.polls += 1;
      if (operation.polls > this.pollsNeeded && operation.isDue())
        operation.done = operation.finish();
    }
  }

  addRevision(service: string, template: Json): string {
    const name = `${service}/revisions/${(template.revision as string) || this.#nextName(service)}`;
    const { revision: _, ...config } = template;
    const there = this.things.get(name);
    if (there) {
      if (isDeepStrictEqual(there.made, config)) return name;
      throw badPrecondition(
        `Revision named '${name}' with different configuration already exists.`,
      );
    }
    this.put(name, { ...config, made: config, service, conditions: [PENDING] });
    this.runner?.begin(name, config);
    return name;
  }

  isReady(revision: string): boolean {
    return (this.things.get(revision)?.conditions as unknown[] | undefined)?.[0] === READY;
  }

  /** What the platform itself says of an image before anything of it runs. */
  refusalOfImage(image: string): Outcome | null {
    const bad = this.#outcomeOf(image);
    return bad && COMMON.test(bad.reason) ? bad : null;
  }

  settleRevision(name: string): { error?: { code: number; message: string } } {
    const revision = this.things.get(name);
    if (!revision) return {};
    const ran = this.runner?.endOf(name);
    const bad = ran ? ran.bad : this.#outcomeOf(imageOf(revision));
    const error = bad ? { error: { code: 9, message: bad.message } } : {};
    if ((revision.conditions as unknown[])[0] !== PENDING) return error;
    this.replace(name, { ...revision, conditions: [bad ? failed(bad) : READY] });
    for (const text of ran?.log ?? bad?.log ?? ['Application startup complete.'])
      this.log(name.split('/').at(-3) ?? '', name.split('/').at(-1) ?? '', text);
    return error;
  }

  log(service: string, revision: string, text: string): void {
    // One after the other, so that they can be told apart by their time.
    const at = Math.max(Date.now(), (this.logs.at(-1)?.at ?? 0) + 1);
    this.logs.push({ service, revision, text, at });
  }

  outcomeOfExecution(job: Thing): Outcome | null {
    const inner = (job.template as Json).template as Thing;
    return this.#outcomeOf(imageOf(inner));
  }

  #outcomeOf(image: string): Outcome | null {
    if (![...this.images.values()].some((each) => (each.references as string[]).includes(image)))
      return {
        image: /./,
        reason: 'CONTAINER_MISSING',
        message: `Image '${image}' not found.`,
        log: [],
      };
    return this.outcomes.find((each) => each.image.test(image)) ?? null;
  }

  #nextName(service: string): string {
    this.#serial += 1;
    return `${service.split('/').at(-1)}-0000${this.#serial}-xyz`;
  }
}

const imageOf = (thing: Json): string =>
  String((thing.containers as readonly Json[] | undefined)?.[0]?.image);

export const now = (): string => new Date().toISOString();
const PENDING = { type: 'Ready', state: 'CONDITION_RECONCILING', message: 'Deploying' };
export const READY = { type: 'Ready', state: 'CONDITION_SUCCEEDED' };
const COMMON = /^(CONTAINER_|SECRETS_|PROGRESS_|REVISION_)/;

export const failed = ({ reason, message }: Outcome): Json => ({
  type: 'Ready',
  state: 'CONDITION_FAILED',
  message,
  lastTransitionTime: now(),
  ...reasonField(reason),
});

const EXECUTION = ['NON_ZERO_EXIT_CODE', 'CANCELLED'];

/** The three kinds of reasons have a field each. */
function reasonField(reason: string): Json {
  if (EXECUTION.includes(reason)) return { executionReason: reason };
  return COMMON.test(reason) ? { reason } : { revisionReason: reason };
}
