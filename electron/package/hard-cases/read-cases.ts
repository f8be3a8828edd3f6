/**
 * The hard cases of shared/pipeline/hard-cases, one file a theme:
 *
 *     # case: <title>
 *     # expect: equal | refused: <part of the sentence> | said: <part of a hint: the notebook is not repeatable>
 *     # %% <step>          a cell of that step; `-` leaves it to the suggestion, `parameters` and `skip` are tags;
 *     # %% file other.py   a file beside the notebook
 *                        `make [raises-exception]` has that tag too
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CellId } from '../../../shared/base/ids';
import { type CellSource, followRuns } from '../../../shared/pipeline';

export interface HardCase {
  readonly theme: string;
  readonly title: string;
  /** Also the package's name. */
  readonly id: string;
  /** Null where it has to prove equal, else a part of the sentence that refuses it. */
  readonly refusal: string | null;
  /** A part of what is said of a notebook that gives something else each time; it is not compared. */
  readonly hint: string | null;
  readonly cells: readonly CellSource[];
  /** Files beside the notebook, by path. */
  readonly files: Readonly<Record<string, string>>;
}

export async function readCases(folder: string): Promise<HardCase[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.py')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text, index) => casesIn(text, basename(names[index] ?? '', '.py')));
}

function casesIn(text: string, theme: string): HardCase[] {
  const parts = text.split(/^# case: /m).slice(1);
  return parts.map((part, index) => {
    const [title = '', expectation = '', ...rest] = part.split('\n');
    const refusal = /^# expect: refused: (.+)$/.exec(expectation)?.[1] ?? null;
    const hint = /^# expect: said: (.+)$/.exec(expectation)?.[1] ?? null;
    if (refusal === null && hint === null && expectation !== '# expect: equal')
      throw new Error(`${theme}: “${title}” does not say what is expected of it.`);
    const id = `case_${theme.replaceAll('-', '_')}_${index + 1}`;
    const text = rest.join('\n');
    const files = filesIn(text);
    const cells = followRuns(cellsIn(text, id), (path) => files[path] ?? null);
    return { theme, title: title.trim(), id, refusal, hint, cells, files };
  });
}

/** `# %% file other.py`; of a notebook the cells stand behind `# %` lines. */
function filesIn(text: string): Record<string, string> {
  const parts = text.split(/^# %% file /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [path = '', ...lines] = (part.split(/^# %% /m)[0] ?? '').split('\n');
      const source = lines.join('\n').replace(/\n+$/, '\n');
      return [path, path.endsWith('.ipynb') ? notebookOf(source) : source];
    }),
  );
}

function notebookOf(text: string): string {
  const cells = text.split(/^# %\n/m).map((source) => ({
    cell_type: 'code',
    source: source.replace(/\n+$/, ''),
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 });
}

function cellsIn(text: string, id: string): CellSource[] {
  const parts = text
    .split(/^# %% ?/m)
    .slice(1)
    .filter((part) => !part.startsWith('file '));
  return parts.map((part, index) => {
    const end = part.indexOf('\n');
    const [, tag = '', more] = /^(.*?)(?:\s*\[(.+)\])?\s*$/.exec(part.slice(0, end)) ?? [];
    const source = part.slice(end + 1).replace(/\n+$/, '');
    const isPlain = tag === 'parameters' || tag === 'skip';
    const step = tag === '-' ? [] : [isPlain ? tag : `step:${tag}`];
    const tags = [...step, ...(more ? [more] : [])];
    return { id: CellId(`${id}-${index + 1}`), type: 'code', source, tags };
  });
}
