import { expect, it } from 'vitest';
import { tagOf } from './tag';

const built = { name: 'tree_model', hash: 'abcdef012345'.padEnd(64, '6'), python: '3.11' };
const named = (baseImage: string, platform: string) => tagOf(built, { baseImage, platform });

it('is called by its package alone where base and platform are the usual ones, said or not', () => {
  expect([named('', ''), named('python:3.11-slim', '')]).toEqual([
    'tree-model:abcdef012345',
    'tree-model:abcdef012345',
  ]);
});

it('is called otherwise on another base or for another platform, and always the same', () => {
  const names = [
    named('', ''),
    named('python:3.12-slim', ''),
    named('', 'linux/arm64'),
    named('', 'linux/amd64'),
    named('python:3.12-slim', 'linux/arm64'),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names.slice(1)) expect(name).toMatch(/^tree-model:abcdef012345-[0-9a-f]{6}$/);
  expect(named('python:3.12-slim', '')).toBe(names[1]);
});
