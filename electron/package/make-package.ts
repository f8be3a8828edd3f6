/** Makes the package: data, lock file and generated text, written to the disk as a whole. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { StudioFailure } from '../../shared/base/studio-error';
import {
  type GeneratedPackage,
  generatePackage,
  type PackageProblem,
  SERVICE_MODULES,
  type ServeChoice,
} from '../../shared/package';
import { isErrorExpected, isPython, RUN_WHOLE } from '../../shared/pipeline';
import { readJson, writeJson } from '../base/files';
import type { TaskContext } from '../task';
import { type DataFile, type FoundFiles, findDataFiles } from './data-files';
import { type NotebookPlace, placeOf } from './notebook-place';
import { contentHash, type FolderContent, isOurs, writePackage } from './package-folder';
import type { PackageMemory } from './package-memory';
import { type PackageNeeds, type PackageSource, SEED } from './package-needs';
import { loadTemplates } from './templates';
import { type Distributions, type Lock, listDistributions, lockSchema, makeLock } from './uv-lock';

export interface MadePackage {
  readonly lock: string;
  readonly data: readonly DataFile[];
  readonly place: NotebookPlace;
}

/** `onProblems` hears of all problems, also where one of them keeps the package from being made. */
export async function makePackage(
  needs: PackageNeeds,
  memory: PackageMemory,
  source: PackageSource,
  task: TaskContext,
  onProblems: (problems: PackageProblem[]) => void,
): Promise<MadePackage> {
  const environment = await needs.environment();
  task.progress(null, 'Looking at the data the cells read');
  const seen = memory.choices.seenFiles ?? [];
  const { pipeline, others = [] } = source;
  const place = placeOf(memory.notebookFolder, source, others);
  const takesAll = pipeline.whole !== undefined || others.length > 0;
  const wish = { seen, takesAll, others, made: pipeline.made ?? [] };
  const data = await findDataFiles(place, source.facts, wish);
  task.progress(null, 'Making the lock file from the notebook’s environment');
  const modules = importedModules(data, memory.choices.seenModules ?? []);
  const distributions = await listDistributions(
    environment.python,
    needs.resources,
    modules,
    task.signal,
  );
  const lock = await lockFor(needs, memory, distributions, modules, pipeline, task);
  const python = distributions.python.split('.').slice(0, 2).join('.');
  const made = generatePackage({
    ...source,
    name: memory.name,
    notebookName: memory.notebookName,
    serve: await servedBy(memory, source),
    lock: lock.text,
    requirements: lock.requirements,
    python,
    start: place.start,
    searchPaths: data.searchPaths,
    dataFiles: data.files.map((file) => file.path),
    templates: await loadTemplates(needs.resources),
    seed: SEED,
  });
  const said = [...data.problems, ...projectNote(place), ...missing(source, distributions)];
  onProblems([...made.problems, ...said]);
  refuseProblems(made, source);
  await write(memory, source, { files: made.files, data: data.files }, python, lock);
  return { lock: lock.text, data: data.files, place };
}

/** What decides what the package is made of; it tells whether the one on the disk still fits. */
export function inputHash(
  memory: PackageMemory,
  { cells, pipeline, others = [] }: PackageSource,
): string {
  const codeOf = (all: PackageSource['cells']) =>
    all.flatMap(({ id, type, source, tags }) => {
      if (type !== 'code') return [];
      return isErrorExpected(tags) ? [[id, source, 'may fail']] : [[id, source]];
    });
  const code = codeOf(cells);
  const more = others.map((other) => [other.path, codeOf(other.cells)]);
  const { steps, parameters, helpers, imports, whole } = pipeline;
  const { serve = null } = memory.choices;
  return sha256(
    JSON.stringify([
      ...[memory.name, serve, code, steps, parameters, helpers, imports, whole],
      ...(more.length > 0 ? [more, pipeline.made] : []),
    ]),
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** By the notebook and by modules of its own. */
function importedModules({ modules, imported }: FoundFiles, seen: readonly string[]): string[] {
  const all = new Set([...imported, ...seen]);
  return [...all].filter((module) => !modules.includes(module)).sort();
}

/** Made once for what the environment has installed: the index is not asked again while that stays the same. */
async function lockFor(
  needs: PackageNeeds,
  memory: PackageMemory,
  distributions: Distributions,
  modules: readonly string[],
  { whole, steps }: PackageSource['pipeline'],
  task: TaskContext,
): Promise<Lock> {
  const extras = memory.choices.serve ? ['fastapi', 'uvicorn'] : [];
  const run = [whole, ...steps.map(({ notebook }) => notebook)].flatMap((each) => each ?? []);
  if (run.length > 0) extras.push('nbclient');
  if (run.some(({ language }) => isPython(language))) extras.push('ipykernel');
  if (modules.includes('pandas')) extras.push('pyarrow');
  const file = memory.lockFile(sha256(JSON.stringify([distributions, extras])).slice(0, 16));
  const known = lockSchema.safeParse(await readJson(file));
  if (known.success) return known.data;
  const lock = await makeLock(await needs.uv(task), { distributions, extras, signal: task.signal });
  await writeJson(file, lock);
  return lock;
}

/** The choice, moved to the last step that gives the output where steps were renamed or cut anew. */
async function servedBy(
  memory: PackageMemory,
  { pipeline }: PackageSource,
): Promise<ServeChoice | null> {
  const { serve = null } = memory.choices;
  if (!serve) return null;
  const gives = pipeline.steps.filter((step) => step.outputs.includes(serve.name));
  const owner = gives.find((step) => step.id === serve.stepId) ?? gives.at(-1);
  if (!owner || owner.id === serve.stepId) return serve;
  const moved = { ...serve, stepId: owner.id };
  await memory.choose({ serve: moved });
  return moved;
}

async function write(
  memory: PackageMemory,
  source: PackageSource,
  content: FolderContent,
  python: string,
  lock: Lock,
): Promise<void> {
  const hash = await contentHash(content);
  const isNew = memory.made?.hash !== hash || !isOurs(memory.folder);
  const code = content.files.filter(({ path }) => isCode(path));
  const codeHash = await contentHash({ files: code, data: content.data });
  if (isNew) await writePackage(memory.folder, content, memory.made?.codeHash === codeHash);
  await memory.remember({
    name: memory.name,
    hash,
    codeHash,
    inputHash: inputHash(memory, source),
    at: isNew ? Date.now() : (memory.made?.at ?? Date.now()),
    python,
    packages: lock.packages,
    files: content.files,
  });
}

/** Directly in the package: a step may have such a name too. */
const NO_STEP = new RegExp(`^src/[^/]+/(?:${[...SERVICE_MODULES, '__main__'].join('|')})\\.py$`);
const isCode = (path: string): boolean =>
  /^src\/.*\.(?:py|ipynb)$/.test(path) && !NO_STEP.test(path);

function projectNote({ root, start }: NotebookPlace): PackageProblem[] {
  if (start === '') return [];
  const message = `The notebook looks above its folder, so the package keeps the folders of the project ${basename(root)} below data/, with the notebook’s at data/${start}: its relative paths stay true.`;
  return [{ severity: 'note', message, cellId: null, line: null }];
}

/** Imports that the environment cannot answer: the notebook would fail there too, unless it only tries them. */
function missing(source: PackageSource, { modules }: Distributions): PackageProblem[] {
  const { others = [] } = source;
  const of = (facts: PackageSource['facts'], notebook: string | null): PackageProblem[] =>
    facts.flatMap((each) =>
      each.imports
        .filter(({ module }) => modules[module]?.length === 0)
        .map(({ module, line }) => ({
          severity: 'warning',
          message: `Cell ${each.index + 1}${notebook === null ? '' : ` of ${notebook}`} imports ${module}, which is not in the notebook’s environment, so it is not in the lock file.`,
          ...(notebook === null ? { cellId: each.cellId, line } : { cellId: null, line: null }),
        })),
    );
  return [...of(source.facts, null), ...others.flatMap(({ facts, path }) => of(facts, path))];
}

function refuseProblems({ problems }: GeneratedPackage, { cells }: PackageSource): void {
  const problem = problems.find((each) => each.severity === 'error');
  if (!problem) return;
  const { message, cellId, line } = problem;
  const cellNumber = cells.findIndex((cell) => cell.id === cellId) + 1;
  throw new StudioFailure({
    kind: 'analysis',
    message,
    ...(cellId ? { place: { cellId, cellNumber, ...(line ? { line } : {}) } } : {}),
    nextSteps: cellId
      ? [
          { label: 'Show the cell', command: 'notebook.go-to-cell', argument: cellId },
          { label: 'Skip the cell', command: 'pipeline.skip', argument: cellId },
          RUN_WHOLE,
        ]
      : [{ label: 'Open the pipeline', command: 'pipeline.open' }],
  });
}
