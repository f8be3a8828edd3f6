/** The further notebooks of a pipeline, read from beside the main one; one that has not changed is not read again. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseNotebook } from '../../shared/notebook';
import {
  analyseCells,
  foreignFacts,
  isPython,
  type ListedNotebook,
  notebookList,
  type PipelineChoices,
} from '../../shared/pipeline';
import { withRunFiles } from './run-files';

/** With the outputs in it; longer than that none is kept by hand. */
const MOST_BYTES = 200_000_000;

export class OtherNotebooks {
  readonly #known = new Map<string, { readonly stamp: string; readonly listed: ListedNotebook }>();

  /** In the order of the list, without the main notebook. */
  read(main: string, choices: PipelineChoices): ListedNotebook[] {
    const own = basename(main);
    const names = notebookList(choices, own).filter((name) => name !== own);
    return names.map((name) => this.#one(dirname(main), name));
  }

  #one(folder: string, name: string): ListedNotebook {
    const path = join(folder, name);
    const about = statSync(path, { throwIfNoEntry: false });
    const stamp = about?.isFile() ? `${about.mtimeMs} ${about.size} ${about.ino}` : '';
    const known = this.#known.get(path);
    // What a notebook runs by `%run` has a time of its own.
    if (known?.stamp === stamp && !hasRuns(known.listed)) return known.listed;
    const listed = stamp === '' ? missing(name, folder) : readOne(path, about?.size ?? 0);
    this.#known.set(path, { stamp, listed });
    return listed;
  }
}

const hasRuns = (listed: ListedNotebook): boolean =>
  'notebook' in listed && listed.notebook.cells.some(({ source }) => /^%run\b/m.test(source));

function missing(path: string, folder: string): ListedNotebook {
  const problem = `slipway.yaml lists ${path}, and there is no such notebook in ${folder}. Put it there, or take it out of the pipeline.`;
  return { path, problem };
}

function readOne(path: string, bytes: number): ListedNotebook {
  const name = basename(path);
  const refused = (why: string): ListedNotebook => ({
    path: name,
    problem: `${name}, a notebook of the pipeline, can’t be read: ${why} Mend it, or take it out of the pipeline.`,
  });
  if (bytes > MOST_BYTES) return refused(`it has ${Math.round(bytes / 1e6)} MB.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    return refused(thrown instanceof Error ? `${thrown.message}.` : String(thrown));
  }
  const parsed = parseNotebook(text, path);
  if (!parsed.ok) return refused(parsed.error.message);
  const { language, kernelName, cells: written } = parsed.value.document;
  const cells = withRunFiles(
    path,
    written.map(({ id, type, source, tags }) => ({ id, type, source, tags })),
  );
  const facts = isPython(language) ? analyseCells(cells) : foreignFacts(cells);
  return { path: name, notebook: { path: name, cells, facts, language, kernelName } };
}

/** Notebooks that could be added: those beside the main one that no run has written. */
export function notebooksBeside(main: string): string[] {
  const names = readdirSync(dirname(main), { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && /^[^.].*\.ipynb$/.test(entry.name) ? [entry.name] : [],
  );
  const own = basename(main);
  return names
    .filter((name) => name !== own && !/\.executed\.ipynb$/.test(name))
    .sort((one, two) => one.localeCompare(two, 'en', { numeric: true }));
}
