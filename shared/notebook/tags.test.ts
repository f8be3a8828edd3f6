import { expect, it } from 'vitest';
import { assignTag, tagsOf } from './tags';

it('reads the role of a cell off its tags', () => {
  expect([
    tagsOf({ tags: ['mine', 'parameters'] }),
    tagsOf({ tags: ['step:train model'] }),
    tagsOf({ tags: ['step:', 'mine'] }),
    tagsOf({ tags: [] }),
  ]).toEqual([{ kind: 'parameters' }, { kind: 'step', name: 'train model' }, null, null]);
});

it('puts a role in place of the one before and leaves other tags alone', () => {
  expect([
    assignTag(['mine', 'step:load', 'raises-exception'], { kind: 'step', name: 'train' }),
    assignTag(['mine', 'skip'], null),
    assignTag(['mine'], { kind: 'skip' }),
    assignTag([], { kind: 'parameters' }),
  ]).toEqual([
    ['mine', 'step:train', 'raises-exception'],
    ['mine'],
    ['mine', 'skip'],
    ['parameters'],
  ]);
});
