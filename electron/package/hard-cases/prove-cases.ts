/** Hard cases through the product's own analysis, generator, runner and comparison, many at once. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type GeneratedPackage, generatePackage } from '../../../shared/package';
import {
  analyseCells,
  isErrorExpected,
  NO_CHOICES,
  type Pipeline,
  suggestPipeline,
  writtenSource,
} from '../../../shared/pipeline';
import { runProcess } from '../../base/process';
import { SEED } from '../package-needs';
import { failureOf, parseEvent } from '../run-steps';
import { loadTemplates } from '../templates';
import { RESOURCES } from '../test-environment';
import type { HardCase } from './read-cases';

export type Outcome =
  | { readonly kind: 'equal' }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'said'; readonly sentence: string }
  /** It ran and gave something else: what must never be. */
  | { readonly kind: 'wrong'; readonly differences: readonly string[] }
  /** The case itself is no good. */
  | { readonly kind: 'broken'; readonly why: string };

export function describeOutcome(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case undefined:
      return 'no answer';
    case 'equal':
      return 'equal';
    case 'refused':
    case 'said':
      return `${outcome.kind}: ${outcome.sentence}`;
    case 'wrong':
      return `wrong: ${outcome.differences.join('; ')}`;
    case 'broken':
      return `broken: ${outcome.why}`;
  }
}

interface Job {
  readonly id: string;
  readonly folder: string;
  readonly package: string;
  readonly cells: readonly string[];
  /** Cells from which an error is expected. */
  readonly raises: readonly number[];
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly { id: string; lastCell: number; keeps: readonly string[] }[];
  /** What need not be left by a step: imports and parameters. */
  readonly aside: readonly string[];
  /** Modules imported by star. */
  readonly stars: readonly string[];
  readonly seed: number;
}

export async function proveCases(
  cases: readonly HardCase[],
  python: string,
  folder: string,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const templates = await loadTemplates(RESOURCES);
  const made = cases.map((each) => make(each, templates, join(folder, each.id)));
  for (const { job, refusal, said, generated } of made) {
    if (said !== null) outcomes.set(job.id, { kind: 'said', sentence: said });
    else if (refusal !== null) outcomes.set(job.id, { kind: 'refused', sentence: refusal });
    else await write(generated, job.package);
  }
  const isOpen = ({ job }: (typeof made)[number]) => !outcomes.has(job.id);
  const references = await ask('reference', made.filter(isOpen), python, folder);
  for (const [id, { error }] of references)
    if (error !== undefined) outcomes.set(id, { kind: 'broken', why: error });
  const runs = await ask('run', made.filter(isOpen), python, folder);
  for (const { job, generated } of made.filter(isOpen)) {
    const outcome = outcomeOfRun(runs.get(job.id), job, generated);
    if (outcome) outcomes.set(job.id, outcome);
  }
  const compared = await ask('compare', made.filter(isOpen), python, folder);
  for (const [id, answer] of compared) outcomes.set(id, judge(answer));
  return outcomes;
}

function make(
  hard: HardCase,
  templates: Awaited<ReturnType<typeof loadTemplates>>,
  folder: string,
) {
  const facts = analyseCells(hard.cells);
  const pipeline = suggestPipeline(hard.cells, facts, NO_CHOICES);
  const generated = generatePackage({
    name: hard.id,
    notebookName: 'hard.ipynb',
    cells: hard.cells,
    facts,
    pipeline,
    serve: null,
    lock: '',
    requirements: [],
    python: '3.11',
    start: '',
    searchPaths: [],
    dataFiles: [],
    templates,
    seed: SEED,
  });
  const skipped = new Set<string>(pipeline.skipped.map(({ cellId }) => cellId));
  const asideOf = facts.filter((fact) => skipped.has(fact.cellId)).flatMap((fact) => fact.bound);
  const defined = facts.flatMap((fact) => fact.definitions);
  const imported = facts.flatMap((fact) => fact.imports.flatMap(({ names }) => names));
  const job: Job = {
    id: hard.id,
    folder,
    package: join(folder, 'made'),
    cells: hard.cells.map(writtenSource),
    files: hard.files,
    raises: hard.cells.flatMap(({ tags }, index) => (isErrorExpected(tags) ? [index] : [])),
    steps: stepsOf(hard, pipeline),
    aside: [
      ...imported,
      ...[...asideOf, ...defined, ...pipeline.parameters].map(({ name }) => name),
    ],
    stars: facts.flatMap((fact) => fact.starImports.map(({ module }) => module)),
    seed: SEED,
  };
  const problem = generated.problems.find(({ severity }) => severity === 'error');
  const hints = pipeline.problems.map(({ message }) => message).join(' ');
  const said = hard.hint === null ? null : hints;
  return { job, generated, said, refusal: problem?.message ?? null };
}

function stepsOf(hard: HardCase, { steps }: Pipeline): Job['steps'] {
  return steps.map(({ id, cellIds, inputs, outputs }) => ({
    id,
    lastCell: hard.cells.findLastIndex((cell) => cellIds.includes(cell.id)),
    keeps: [...new Set([...outputs, ...inputs])],
  }));
}

async function write({ files }: GeneratedPackage, folder: string): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Null where the run came to its end; else the sentence that the app would show. */
function outcomeOfRun(
  answer: Answer | undefined,
  job: Job,
  { files }: GeneratedPackage,
): Outcome | null {
  if (!answer || answer.error !== undefined)
    return { kind: 'broken', why: answer?.error ?? 'no answer' };
  const failed = (answer.events ?? [])
    .map(parseEvent)
    .find((each) => each?.event === 'step-failed');
  if (failed?.event === 'step-failed') {
    const { message } = failureOf(failed, {
      packageFolder: job.package,
      originOf: (path, line) => {
        const origin = files.find((file) => file.path === path)?.origins[line - 1];
        return origin ? { ...origin, cellNumber: Number(origin.cellId.split('-').at(-1)) } : null;
      },
    });
    return { kind: 'refused', sentence: message };
  }
  return answer.code === 0 ? null : { kind: 'broken', why: `the run ended with ${answer.code}` };
}

const verdictSchema = z.object({ name: z.string(), verdict: z.string(), note: z.string() });
const answerSchema = z.object({
  id: z.string(),
  error: z.string().optional(),
  code: z.number().optional(),
  events: z.array(z.string()).optional(),
  proof: z.array(verdictSchema).optional(),
  left: z.array(verdictSchema).optional(),
});
type Answer = z.infer<typeof answerSchema>;

async function ask(
  mode: 'reference' | 'run' | 'compare',
  made: readonly { readonly job: Job }[],
  python: string,
  folder: string,
): Promise<ReadonlyMap<string, Answer>> {
  const jobs = join(folder, `${mode}.json`);
  await writeFile(jobs, JSON.stringify(made.map(({ job }) => job)));
  const script = join(import.meta.dirname, 'prove.py');
  const env = { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: undefined };
  const { stdout, stderr, code } = await runProcess(python, [script, mode, jobs], { env });
  if (code !== 0) throw new Error(stderr);
  const answers = stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return new Map(
    answers.map((line) => answerSchema.parse(JSON.parse(line))).map((each) => [each.id, each]),
  );
}

function judge({ error, proof = [], left = [] }: Answer): Outcome {
  if (error !== undefined) return { kind: 'broken', why: error };
  const all = [...proof, ...left];
  const differences = all.filter(({ verdict }) => verdict === 'different');
  if (differences.length > 0)
    return { kind: 'wrong', differences: differences.map(({ name, note }) => `${name}: ${note}`) };
  const isSame = ({ verdict }: { verdict: string }) =>
    /^(identical|within-tolerance)$/.test(verdict);
  if (!left.some(isSame)) return { kind: 'broken', why: 'nothing is left that can be compared' };
  return { kind: 'equal' };
}
