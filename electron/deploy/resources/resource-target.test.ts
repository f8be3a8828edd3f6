import { canonical, LABEL } from '../../../shared/deploy';
import { MemoryPlace } from '../testing/memory-platform';
import { targetKit } from '../testing/target-kit';

const place = new MemoryPlace();
const made = (hash: string) => ({
  folder: '/nowhere',
  name: 'toy',
  hash,
  python: '3.11',
  hasService: true,
});

targetKit('a place that is a map', () => ({
  // No engine is asked: every call of an update is killed too.
  driver: () => place.driver('this-computer'),
  options: {},
  mode: 'service',
  packages: { first: made('a'), second: made('b'), broken: made('broken') },
  brokenSays: /no such model/,
  inventory: async () => [...place.things].map(([id, { spec }]) => `${id} ${canonical(spec)}`),
  tamper: async (id) => {
    for (const [key, thing] of place.things) {
      if (thing.kind === 'process' && thing.labels[LABEL.deployment] === id) {
        place.things.set(key, { ...thing, spec: { revision: 1, image: 'another' } });
      }
    }
  },
}));
