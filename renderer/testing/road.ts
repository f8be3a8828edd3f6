/**
 * The places from Pipeline to Alive on a fake host, in a plain browser: `?place=estimate&empty=yes&theme=light`.
 * For looking at them. Not part of the app.
 */
import { done, ok } from '../../shared/base/result';
import type { Store } from '../../shared/base/store';
import '../main';
import { goTo, type PlaceName } from '../navigation';
import { connectStudio, type Studio } from '../studio';
import { fakeStudio } from './fake-studio';
import { previewStates } from './preview-states';
import { roadStates } from './road-states';

type Options = { readonly signal?: AbortSignal };
type Verbs = Record<string, unknown>;

const query = new URLSearchParams(location.search);
const base = previewStates(query);
const road = roadStates(query);
base.pipeline.set(road.pipeline);
base.tasks.set(road.tasks);

const watch = <T>(store: Store<T>) => ({
  watch: async (_: unknown, { signal }: Options) => store.watch(signal),
});

const extra: Record<string, Verbs> = {
  package: {
    ...watch(road.package),
    readFile: async ({ path }: { path: string }) => ok(road.readFile(path)),
  },
  build: watch(road.build),
  estimate: { ...watch(road.estimate), ...road.estimateVerbs, markShown: async () => done },
  deploy: watch(road.deploy),
  operate: {
    ...watch(road.operate),
    followLogs: async (_: unknown, { signal }: Options) => road.log.watch(signal),
    searchLogs: async () => ok(road.log.value.lines.slice(0, 2)),
    serviceForm: async () => ok(road.serviceForm),
    predict: async () => ok({ status: 200, ms: 12, body: { predictions: [0] } }),
  },
};

const fake = fakeStudio(base);
const studio = new Proxy(fake, {
  get: (target, name: keyof Studio) =>
    new Proxy(target[name], {
      get: (slice, verb: string) => extra[name]?.[verb] ?? Reflect.get(slice, verb),
    }),
});
connectStudio(studio);

/** The frame goes to the notebook when one is open; the wanted place comes after that. */
setTimeout(() => goTo((query.get('place') ?? 'pipeline') as PlaceName), 300);
