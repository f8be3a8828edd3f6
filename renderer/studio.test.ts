import { expect, test } from 'vitest';
import { Store } from '../shared/base/store';
import { connectStudio, followStream, loseStudio, type Studio } from './studio';

/** A studio of which only this one stream is asked. */
const studioOf = (store: Store<string>) => ({ store }) as unknown as Studio;
const open = async (studio: Studio, { signal }: { signal: AbortSignal }) =>
  (studio as unknown as { store: Store<string> }).store.watch(signal);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a stream goes on with the next host and ends when it is given up', async () => {
  const seen: string[] = [];
  const ending = new AbortController();
  const [first, second] = [new Store('first'), new Store('second')];
  const following = followStream(open, (value: string) => seen.push(value), ending.signal);

  connectStudio(studioOf(first));
  await turn();
  first.set('first changed');
  await turn();
  loseStudio();
  await turn();
  first.set('said by a host that is gone');
  connectStudio(studioOf(second));
  await turn();
  ending.abort();
  await following;
  second.set('said after the end');

  expect(seen).toEqual(['first', 'first changed', 'second']);
});
