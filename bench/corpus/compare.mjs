/** One cell as CPython and as the analysis see it: every name on which they differ, with the kind of difference. */
import { programNames } from './program-names.mjs';

const isImplicit = (name) =>
  /^__\w+__$/.test(name) || name === 'get_ipython' || name === '__inside';

/** `tools`: the analysis as bundled. Null where there is nothing to compare. */
export function compareCell(source, answer, { analyseCells, readCell, isBuiltin }) {
  const read = readCell(source);
  const facts = analyseCells([
    { id: 'before', type: 'code', source: earlier(answer, isBuiltin), tags: [] },
    { id: 'c', type: 'code', source, tags: [] },
  ])[1];
  if (answer.foreign !== undefined || read.ipython.foreign !== null) {
    return { kind: 'foreign', differences: bareForeign(answer, read) };
  }
  if (answer.error !== undefined)
    return { kind: facts.error ? 'unreadable' : 'lenient', differences: [] };
  if (facts.error)
    return { kind: 'compared', differences: [{ what: 'refused', name: facts.error.message }] };
  return {
    kind: 'compared',
    differences: [
      ...bound(facts, answer),
      ...reads(facts, read, answer, isBuiltin),
      ...program(read, answer),
    ],
  };
}

/** Both take it for another language's; what `--out` binds is checked elsewhere. */
function bareForeign(answer, read) {
  if (
    answer.foreign === undefined &&
    answer.error === undefined &&
    answer.read?.some((name) => !isImplicit(name))
  ) {
    return [{ what: 'taken for foreign', name: read.ipython.foreign }];
  }
  return [];
}

/** A cell before it that binds whatever it may read, so that a read of it is one from there. */
function earlier(answer, isBuiltin) {
  const names = new Set([...(answer.bound ?? []), ...(answer.may ?? []), ...(answer.inner ?? [])]);
  return [...names]
    .filter((name) => !isBuiltin(name) && !isImplicit(name))
    .map((name) => `${name} = 0\n`)
    .join('');
}

const some = (what, names) => names.map((name) => ({ what, name }));

function bound(facts, answer) {
  const ours = new Set(facts.bound.map(({ name }) => name));
  const theirs = new Set(answer.bound.filter((name) => !isImplicit(name)));
  const stored = new Set(answer.stores);
  // `def __init__` at the top, for a decorator that takes it, binds what is implicit elsewhere.
  const known = new Set([...answer.bound, ...answer.declared]);
  return [
    ...some(
      'bound missed',
      [...theirs].filter((name) => stored.has(name) && !ours.has(name)),
    ),
    ...some(
      'bound made up',
      [...ours].filter((name) => !known.has(name)),
    ),
  ];
}

function reads(facts, read, answer, isBuiltin) {
  const shell = new Set(read.ipython.shellReads.map(({ name }) => name));
  const ours = new Set(facts.read.map(({ name }) => name));
  const may = new Set([...answer.may, ...answer.inner, ...shell]);
  return [
    ...some(
      'read missed',
      answer.must.filter((name) => !ours.has(name) && !isBuiltin(name) && !isImplicit(name)),
    ),
    ...some(
      'read made up',
      [...ours].filter((name) => !may.has(name) && !isImplicit(name)),
    ),
  ];
}

/** Scopes as written, whatever runs. */
function program(read, answer) {
  if (read.ipython.isIsolated) return [];
  const ours = programNames(read.statements);
  const theirs = new Set([
    ...answer.read,
    ...answer.inner,
    ...answer.must,
    ...answer.may,
    ...answer.loaded,
  ]);
  // The table also counts annotations that are never evaluated, and locals of comprehensions since 3.12.
  const known = answer.loaded.filter((name) => !isImplicit(name));
  return [
    ...some(
      'scope: read missed',
      known.filter((name) => !ours.read.has(name)),
    ),
    ...some(
      'scope: read made up',
      [...ours.read].filter((name) => !theirs.has(name) && !isImplicit(name)),
    ),
    ...some(
      'scope: global missed',
      answer.declared.filter((name) => !ours.declared.has(name) && !ours.bound.has(name)),
    ),
  ];
}
