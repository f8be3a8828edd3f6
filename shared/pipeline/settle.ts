/** What a recorded run saw settles what the text only suspects; what only the run saw is added and said aloud. */
import type { CellId } from '../base/ids';
import type { CellFacts, NotebookFacts } from './facts';
import type { Problem } from './pipeline';
import type { CellRecording } from './recording';

export interface Settled {
  readonly facts: CellFacts[];
  /** Of what was recorded and not found in the text. */
  readonly problems: Problem[];
}

/** Recordings of cells whose text has changed since must have been left out. */
export function settle(facts: NotebookFacts, recordings: readonly CellRecording[]): Settled {
  const byId = new Map<CellId, CellRecording>(recordings.map((each) => [each.cellId, each]));
  const problems: Problem[] = [];
  const settled = facts.map((fact) => {
    const recording = byId.get(fact.cellId);
    if (!recording || recording.lost !== undefined || fact.kind !== 'code') return fact;
    const missed = missedBy(fact, recording);
    problems.push(...missed.map((each) => problemOf(fact, each)));
    return settleCell(fact, recording, missed);
  });
  return { facts: settled, problems };
}

interface Missed {
  readonly what: 'reads' | 'binds' | 'deletes' | 'changes';
  readonly name: string;
  readonly line: number | null;
}

/** What the run saw and the text does not tell. Names that a star import or `exec` brings were announced already. */
export function missedBy(fact: CellFacts, recording: CellRecording): Missed[] {
  const bound = namesOf(fact.bound);
  const known = {
    read: namesOf(fact.read),
    deleted: namesOf(fact.deleted),
    mutated: new Set([...namesOf(fact.mutated), ...bound]),
  };
  const mayBindMore = fact.starImports.length > 0 || fact.unknowable.length > 0;
  return [
    ...recording.reads
      .filter(({ name }) => !known.read.has(name) && !bound.has(name))
      .map((each) => ({ what: 'reads' as const, ...each })),
    ...recording.writes
      .filter(({ name }) => !bound.has(name) && !known.deleted.has(name) && !mayBindMore)
      .map((each) => ({ what: 'binds' as const, ...each })),
    ...recording.deletes
      .filter(({ name }) => !known.deleted.has(name) && !mayBindMore)
      .map((each) => ({ what: 'deletes' as const, ...each })),
    ...recording.mutates
      .filter((name) => !known.mutated.has(name))
      .map((name) => ({ what: 'changes' as const, name, line: null })),
  ];
}

const namesOf = (uses: readonly { name: string }[]) => new Set(uses.map(({ name }) => name));

function settleCell(
  fact: CellFacts,
  recording: CellRecording,
  missed: readonly Missed[],
): CellFacts {
  const reads = namesOf(recording.reads);
  const extra = (what: Missed['what']) =>
    missed
      .filter((each) => each.what === what)
      .map(({ name, line }) => ({ name, line: line ?? 1, seen: 'yes' as const }));
  const wasSeen = (isSeen: boolean) =>
    isSeen ? ('yes' as const) : recording.namesGaveUp === null ? ('no' as const) : null;
  return {
    ...fact,
    read: [
      ...fact.read.map((each) => ({ ...each, seen: wasSeen(reads.has(each.name)) })),
      ...extra('reads'),
    ],
    bound: [
      ...fact.bound.map((each) => ({
        ...each,
        seen: wasSeen(namesOf(recording.writes).has(each.name)),
      })),
      ...extra('binds').map((each) => ({ ...each, isSure: false })),
    ],
    deleted: [
      ...fact.deleted.map((each) => ({
        ...each,
        seen: wasSeen(namesOf(recording.deletes).has(each.name)),
      })),
      ...extra('deletes'),
    ],
    mutated: [
      ...fact.mutated.map((each) => ({ ...each, seen: changeSeen(each.name, recording) })),
      ...extra('changes').map((each) => ({
        ...each,
        how: 'changed while the cell ran',
        certainty: 'surely' as const,
      })),
    ],
  };
}

/** Null where the object could not be looked into, or where the name got another object anyway. */
function changeSeen(name: string, recording: CellRecording): 'yes' | 'no' | null {
  if (recording.mutates.includes(name)) return 'yes';
  const isUnsure = recording.unsure.some((each) => each.name === name);
  const isRebound = recording.writes.some((each) => each.name === name);
  return isUnsure || isRebound ? null : 'no';
}

const WORDS = {
  reads: 'read',
  binds: 'give a value to',
  deletes: 'delete',
  changes: 'change',
} as const;

function problemOf({ cellId, index }: CellFacts, { what, name, line }: Missed): Problem {
  return {
    // Lint of the notebook it is not: the text was read wrongly, and the recorded run puts it right.
    severity: 'warning',
    message: `Cell ${index + 1} was seen to ${WORDS[what]} ${name} when the notebook ran, and its text does not show it. The steps go by what was seen; with other data it may do so elsewhere too.`,
    cellId,
    cellNumber: index + 1,
    ...(line === null ? {} : { line }),
    nextSteps: [{ label: 'Show the cell', command: 'notebook.go-to-cell', argument: cellId }],
  };
}
