/** Two recorded runs of one notebook side by side: where the second begins to be another one, and why. */
import type { CellFacts, CellRecording, CellSource, NotebookFacts, Recording } from '../pipeline';
import type { Cause } from './package-run';

export interface Variation {
  readonly cellId: CellFacts['cellId'];
  /** Counted from 1 over all cells. */
  readonly cellNumber: number;
  readonly line: number | null;
  /** The first name that is another value. */
  readonly name: string;
  readonly kind: Cause['kind'];
  /** Why, in a part of a sentence. */
  readonly why: string;
}

/** The first cell that gave one of its names another value; null where all that could be hashed is the same. */
export function firstVariation(
  one: Recording,
  two: Recording,
  cells: readonly CellSource[],
  facts: NotebookFacts,
): Variation | null {
  const second = new Map(two.cells.map((each) => [each.cellId, each]));
  for (const recording of one.cells) {
    const name = differingName(recording, second.get(recording.cellId));
    const fact = facts.find((each) => each.cellId === recording.cellId);
    if (name === null || !fact) continue;
    const reason = whyItVaries(fact, recording, cells[fact.index]?.source ?? '');
    const bound = fact.bound.find((each) => each.name === name)?.line ?? null;
    const line = reason.line ?? bound;
    return { ...reason, line, cellId: fact.cellId, cellNumber: fact.index + 1, name };
  }
  return null;
}

function differingName(one: CellRecording, two: CellRecording | undefined): string | null {
  if (!two) return null;
  const digests = new Map(two.objects.map(({ name, digest }) => [name, digest]));
  const found = one.objects.find(({ name, digest }) => {
    const other = digests.get(name);
    return digest !== null && other !== undefined && other !== null && other !== digest;
  });
  return found?.name ?? null;
}

type Reason = Pick<Variation, 'kind' | 'why' | 'line'>;

const CLOCK =
  /\b(?:time\.)?(?:time|time_ns|perf_counter|monotonic|process_time|ctime|strftime|localtime)\s*\(\s*\)|\b(?:now|utcnow|today)\s*\(|%%?time(?:it)?\b/;
const UNSEEDED =
  /\b(?:default_rng|RandomState|SystemRandom|PCG64)\s*\(\s*\)|\buuid[14]\s*\(|\burandom\s*\(|\bsecrets\.|\bseed\s*\(\s*(?:None)?\s*\)/;
const ORDER =
  /\bset\s*\(|\bfrozenset\s*\(|\bhash\s*\(|\bid\s*\(|\{[^{}:]*\b(?:for|,)[^{}:]*\}|\.keys\(\)\s*[-&|^]/;
const THREADS =
  /\bn_jobs\s*=|\bThread(?:Pool)?|\bProcessPool|\bjoblib\b|\bmultiprocessing\b|\bimap_unordered\b/;
const LISTING = /\b(?:listdir|scandir|glob|iglob|rglob|iterdir)\s*\(/;

/** From what was recorded where that is known, else from the text of the cell. */
function whyItVaries(fact: CellFacts, recording: CellRecording, source: string): Reason {
  const call = recording.calls[0];
  if (call) {
    const isSeedless = /seed|urandom|uuid|secrets/.test(call.what);
    return {
      kind: isSeedless ? 'randomness' : 'clock',
      why: `it calls ${call.what}`,
      line: call.line,
    };
  }
  const unseeded = fact.randomness.find((each) => !each.isSeeded && each.stream === null);
  if (unseeded) {
    const why = `${unseeded.source} has no seed of its own`;
    return { kind: 'randomness', why, line: unseeded.line };
  }
  if (recording.sockets.length > 0) {
    const why = `it asks ${recording.sockets.join(', ')}, which may answer otherwise each time`;
    return { kind: 'outside', why, line: null };
  }
  const inText: readonly [RegExp, Cause['kind'], string][] = [
    [CLOCK, 'clock', 'it reads the clock'],
    [UNSEEDED, 'randomness', 'it draws from a generator that has no seed'],
    [
      THREADS,
      'order',
      'it works in several threads or processes, which end in another order each time',
    ],
    [
      ORDER,
      'order',
      'it goes through a set or takes a hash, and their order is another in each process',
    ],
    [LISTING, 'outside', 'it lists files, in an order that the disk decides'],
  ];
  for (const [pattern, kind, why] of inText) {
    const line = lineOf(source, pattern);
    if (line !== null) return { kind, why, line };
  }
  return {
    kind: 'notebook-varies',
    why: 'nothing in its text says why; what it calls may read the clock or draw without a seed',
    line: null,
  };
}

function lineOf(source: string, pattern: RegExp): number | null {
  const at = source.split('\n').findIndex((text) => pattern.test(text.replace(/#.*$/, '')));
  return at < 0 ? null : at + 1;
}
