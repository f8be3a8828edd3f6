/** The same cells read by CPython itself: what its compiler says of each name is what the analysis says. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { parseNotebook } from '../notebook';
import { analyseCells } from './analyse';
import { isBuiltin } from './flow/builtins';
import { preprocess } from './python/ipython';

const ROOT = resolve(import.meta.dirname, '..', '..');
const FOLDERS = [
  resolve(ROOT, '..', 'shared', 'notebooks'),
  ...['churn', 'demand'].map((name) => join(ROOT, 'resources', 'samples', name)),
  ...(process.env['SLIPWAY_TEST_NOTEBOOKS']?.split(':') ?? []),
].filter(existsSync);

/** One answer a cell: null where CPython cannot read it. `must`: read at the top and bound nowhere in the cell. */
const ASK = `
import json, sys, symtable, warnings
warnings.simplefilter("ignore")

def ask(source):
    try:
        top = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError):
        return None
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    read = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    anywhere = set(read)
    declared = set()
    def visit(table):
        for s in table.get_symbols():
            if s.is_global():
                anywhere.add(s.get_name())
                if s.is_declared_global() and s.is_assigned():
                    declared.add(s.get_name())
        for child in table.get_children():
            visit(child)
    for child in top.get_children():
        visit(child)
    return {"bound": sorted(bound), "must": sorted(read - bound - declared), "may": sorted(anywhere | bound), "declared": sorted(declared)}

json.dump([ask(source) for source in json.load(sys.stdin)], sys.stdout)
`;

interface Answer {
  readonly bound: string[];
  readonly must: string[];
  readonly may: string[];
  readonly declared: string[];
}

function cellsOf(folder: string): string[] {
  const paths = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  return paths.flatMap((name) => {
    const parsed = parseNotebook(readFileSync(join(folder, name), 'utf8'), name);
    if (!parsed.ok) return [];
    return parsed.value.document.cells
      .filter((cell) => cell.type === 'code')
      .map((cell) => cell.source);
  });
}

function askPython(sources: readonly string[]): (Answer | null)[] | null {
  const texts = sources.map((source) => preprocess(source).text);
  const ran = spawnSync('python3', ['-c', ASK], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return ran.status === 0 ? (JSON.parse(ran.stdout) as (Answer | null)[]) : null;
}

const sources = FOLDERS.flatMap(cellsOf).filter((source) => preprocess(source).foreign === null);
const answers = askPython(sources);

test.skipIf(answers === null)(
  'bound and read names are those of CPython (skipped where there is no python3)',
  () => {
    const differences = sources.flatMap((source, at) => {
      const answer = answers?.[at] ?? null;
      const [facts] = analyseCells([{ id: CellId('c'), type: 'code', source, tags: [] }]);
      if (!facts || preprocess(source).isIsolated) return [];
      const say = (what: string) => [`${what} in ${JSON.stringify(source.slice(0, 300))}`];
      if ((answer === null) !== (facts.error !== null)) {
        return say(
          answer === null ? 'CPython cannot read' : `we cannot read: ${facts.error?.message}`,
        );
      }
      if (answer === null) return [];
      const bound = new Set(facts.bound.map((use) => use.name));
      const read = new Set(facts.read.map((use) => use.name));
      const { captured, shellReads } = preprocess(source);
      // Python knows nothing of `$name` in a shell line.
      for (const { name } of shellReads) read.delete(name);
      return [
        ...answer.bound
          .filter((name) => !bound.has(name))
          .flatMap((name) => say(`bound ${name} missed`)),
        ...[...bound]
          .filter(
            (name) =>
              !answer.bound.includes(name) &&
              !answer.declared.includes(name) &&
              name !== captured?.name,
          )
          .flatMap((name) => say(`bound ${name} made up`)),
        ...answer.must
          .filter((name) => !read.has(name) && !isBuiltin(name))
          .flatMap((name) => say(`read ${name} missed`)),
        ...[...read]
          .filter((name) => !answer.may.includes(name) && !/^_/.test(name))
          .flatMap((name) => say(`read ${name} made up`)),
      ];
    });
    expect(differences).toEqual([]);
  },
);
