import { describe, expect, it } from 'vitest';
import { dockerIgnore } from './dockerignore';

/** Which of the paths go into the context. */
const kept = (text: string, ...paths: string[]) => {
  const isOut = dockerIgnore(text);
  return paths.filter((path) => !isOut(path));
};

describe('what a .dockerignore leaves out', () => {
  it.each([
    ['a folder with all in it', 'run', ['run', 'run/a', 'runs', 'src/run'], ['runs', 'src/run']],
    ['a name at any depth', '**/__pycache__', ['__pycache__', 'a/b/__pycache__/x', 'a'], ['a']],
    ['a star within one part', '*.log', ['a.log', 'b/a.log', 'a.logs'], ['b/a.log', 'a.logs']],
    [
      'a question mark and a set',
      'data?.[ct]sv',
      ['data1.csv', 'data.csv', 'data2.tsv'],
      ['data.csv'],
    ],
    [
      'an exception after it',
      'data\n!data/keep.csv',
      ['data/a', 'data/keep.csv'],
      ['data/keep.csv'],
    ],
    ['the last line that matches', '!a\na', ['a'], []],
    ['comments and empty lines not', '# run\n\n', ['run', '# run'], ['run', '# run']],
    ['a leading slash like none', '/run/./x/', ['run/x', 'run/y'], ['run/y']],
    ['dots as dots', '.git', ['.git', 'xgit', '.github'], ['xgit', '.github']],
    ['everything but the sources', '**\n!src/**', ['a', 'src/a', 'src/b/c'], ['src/a', 'src/b/c']],
  ])('%s', (_, text, paths, expected) => {
    expect(kept(text, ...paths)).toEqual(expected);
  });
});
