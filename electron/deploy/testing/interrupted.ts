/** A driver whose calls that change something are counted, and one of which ends the process that makes it. */
import type { Platform, ResourceKind, TargetDriver } from '../resources/platform';

class Killed extends Error {}

/** Counts the places a process may die at, and dies at one of them. */
export class Boundary {
  count = 0;
  /** What was made, changed or taken away. */
  readonly changed: string[] = [];
  #isDead = false;
  readonly #at: number;

  constructor(at = Number.POSITIVE_INFINITY) {
    this.#at = at;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** A dead process makes no further call, whatever its code would do about the failure. */
  pass(): void {
    if (this.#isDead || this.count === this.#at) {
      this.#isDead = true;
      throw new Killed(`killed at call ${this.#at}`);
    }
    this.count += 1;
  }
}

export function interrupted(driver: TargetDriver, boundary: Boundary): TargetDriver {
  return {
    ...bound(driver),
    open: async (options) => {
      const platform = await driver.open(options);
      const kinds = platform.kinds.map((kind) => interruptedKind(kind, boundary));
      return new Proxy(platform, {
        get: (inner, key) => {
          if (key === 'kinds') return kinds;
          const value = Reflect.get(inner, key) as unknown;
          return typeof value === 'function' ? value.bind(inner) : value;
        },
      }) satisfies Platform;
    },
  };
}

const bound = (driver: TargetDriver): TargetDriver => ({
  id: driver.id,
  hasDefaultPlace: driver.hasDefaultPlace,
  describe: () => driver.describe(),
  placeOptions: (options) => driver.placeOptions(options),
  open: (options) => driver.open(options),
});

function interruptedKind(kind: ResourceKind, boundary: Boundary): ResourceKind {
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    boundary.pass();
    const value = await call();
    boundary.pass();
    return value;
  };
  const change = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    around(() => {
      boundary.changed.push(what);
      return call();
    });
  return {
    kind: kind.kind,
    list: (id) => kind.list(id),
    ...(kind.read ? { read: (name) => kind.read?.(name) ?? Promise.resolve(null) } : {}),
    ...(kind.dryRun
      ? { dryRun: (resource) => kind.dryRun?.(resource) ?? Promise.resolve(true) }
      : {}),
    create: (resource, context) =>
      change(`create ${kind.kind} ${resource.name}`, () => kind.create(resource, context)),
    update: (resource, found, context) =>
      change(`update ${kind.kind} ${resource.name}`, () => kind.update(resource, found, context)),
    remove: (name, task) => change(`remove ${kind.kind} ${name}`, () => kind.remove(name, task)),
    ...(kind.ready
      ? { ready: (...args) => around(() => kind.ready?.(...args) ?? Promise.resolve()) }
      : {}),
  };
}
