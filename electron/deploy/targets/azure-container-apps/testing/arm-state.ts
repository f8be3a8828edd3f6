/** What stands in the resource group of the stand, and what goes on in it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AzureRunner } from './runner';

export type Json = Readonly<Record<string, unknown>>;
export interface Thing {
  readonly id: string;
  readonly name: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku?: Json;
  readonly properties: Json;
}

/** How a revision or a run with such an image ends. */
export interface Outcome {
  readonly image: RegExp;
  readonly error: string;
  readonly log: readonly string[];
}
interface Operation {
  readonly resource: string;
  readonly finish: () => string | null;
  readonly isDue: () => boolean;
  requests: number;
  /** Null as long as it goes on. */
  ended: { readonly error: string | null } | null;
}
interface Image {
  readonly server: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

export class ArmRefusal extends Error {
  constructor(
    readonly http: number,
    readonly code: string,
    message: string,
    readonly retryAfter: string | null = null,
  ) {
    super(message);
  }
}

export class ArmState {
  /** By path below the resource group: "Microsoft.App/containerApps/churn". */
  readonly things = new Map<string, Thing>();
  readonly images: Image[] = [];
  readonly outcomes: Outcome[] = [];
  readonly logs = new Map<string, { at: number; text: string }[]>();
  /** How many requests an operation takes. */
  requestsNeeded = 2;
  /** For how many reads a thing made just now is not seen. */
  staleReads = 0;
  /** Where revisions really run; without it the outcomes say how they end. */
  runner: AzureRunner | null = null;
  readonly #unseen = new Map<string, number>();
  readonly #operations = new Map<string, Operation>();

  get(path: string): Thing {
    const thing = this.things.get(path);
    const left = this.#unseen.get(path) ?? 0;
    if (left > 0) this.#unseen.set(path, left - 1);
    if (!thing || left > 0)
      throw new ArmRefusal(404, 'ResourceNotFound', `The Resource '${path}' was not found.`);
    return thing;
  }

  list(collection: string): Thing[] {
    const start = `${collection}/`;
    return [...this.things]
      .filter(([path]) => path.startsWith(start) && !path.slice(start.length).includes('/'))
      .map(([, thing]) => thing);
  }

  put(path: string, thing: Omit<Thing, 'id' | 'name'>): Thing {
    if (!this.things.has(path) && this.staleReads > 0) this.#unseen.set(path, this.staleReads);
    const name = path.split('/').at(-1) ?? '';
    const whole = { ...thing, name, id: `${BASE}/providers/${path}` };
    this.things.set(path, whole);
    return whole;
  }

  change(path: string, properties: Json): void {
    const there = this.things.get(path);
    if (there) this.put(path, { ...there, properties: { ...there.properties, ...properties } });
  }

  drop(path: string): void {
    for (const key of [...this.things.keys()])
      if (key === path || key.startsWith(`${path}/`)) this.things.delete(key);
  }

  begin(resource: string, finish: Operation['finish'], isDue = () => true): string {
    const id = randomUUID();
    this.#operations.set(id, { resource, finish, isDue, requests: 0, ended: null });
    return id;
  }

  operation(id: string): Operation {
    const operation = this.#operations.get(id);
    if (!operation) throw new ArmRefusal(404, 'NotFound', `No operation ${id}`);
    return operation;
  }

  /** Time passes by requests: things go on though nobody asks for their operation. */
  tick(): void {
    for (const operation of this.#operations.values()) {
      if (operation.ended) continue;
      operation.requests += 1;
      if (operation.requests > this.requestsNeeded && operation.isDue())
        operation.ended = { error: operation.finish() };
    }
  }

  /** What is wrong with an image, by what the registry has and what the test says. */
  outcomeOf(image: string): Outcome | null {
    const isThere = this.images.some(
      ({ server, repository, tag }) => `${server}/${repository}:${tag}` === image,
    );
    if (!isThere)
      return { image: /./, error: `MANIFEST_UNKNOWN: manifest for ${image} is not found`, log: [] };
    return this.outcomes.find((each) => each.image.test(image)) ?? null;
  }

  log(subject: string, text: string): void {
    const lines = this.logs.get(subject) ?? [];
    lines.push({ at: Math.max(Date.now(), (lines.at(-1)?.at ?? 0) + 1), text });
    this.logs.set(subject, lines);
  }

  /** What a docker push does. */
  push(reference: string, digest = `sha256:${randomBytes(32).toString('hex')}`): string {
    const [server = '', ...rest] = reference.split('/');
    const [repository = '', tag = 'latest'] = rest.join('/').split(':');
    this.get(`Microsoft.ContainerRegistry/registries/${server.split('.')[0]}`);
    const there = this.images.find(
      (each) => each.server === server && each.repository === repository && each.tag === tag,
    );
    if (there) return there.digest;
    this.images.push({ server, repository, tag, digest });
    return digest;
  }

  dropImages(isHit: (image: Image) => boolean): void {
    for (let at = this.images.length - 1; at >= 0; at -= 1) {
      const image = this.images[at];
      if (image && isHit(image)) this.images.splice(at, 1);
    }
  }
}

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const GROUP = 'ml-team';
export const BASE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}`;

/** As a PATCH does it: objects are merged, everything else replaced. */
export function merge(there: unknown, change: unknown): unknown {
  if (!isObject(there) || !isObject(change)) return change;
  const whole: Record<string, unknown> = { ...there };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete whole[key];
    else if (value !== undefined) whole[key] = merge(there[key], value);
  }
  return whole;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
