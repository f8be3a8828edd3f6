/** A step as a module: the imports it needs and one plain function with the cells' code in its body. */
import { answersOf, isErrorExpected, type Parameter, type Step } from '../pipeline';
import { convertCell, definitionCode, type ReadCell } from './cell-code';
import {
  importedNames,
  importTexts,
  isBlock,
  isFuture,
  normaliseImport,
  sortImports,
} from './imports';
import type { PackageProblem } from './package-state';
import { FileBuilder, type MappedText } from './source-text';
import { childrenOf, definitionName, indentCode, surelyBound } from './statements';

export interface StepPlan {
  readonly step: Step;
  /** Its function's and module's name: the id, or with an underscore where that is a keyword. */
  readonly name: string;
  readonly cells: readonly ReadCell[];
  /** All cells of the notebook, for definitions that travel. */
  readonly allCells: readonly ReadCell[];
  readonly parameters: readonly Parameter[];
  readonly allParameters: readonly Parameter[];
  /** Definitions in helpers.py. */
  readonly moved: ReadonlySet<string>;
  readonly starImports: readonly string[];
  readonly notebookName: string;
  /** Whether the notebook draws: then each cell ends by showing its figures. */
  readonly draws: boolean;
  /** Inputs that may have no value when the step begins. */
  readonly maybeInputs: ReadonlySet<string>;
  /** False where the order of imports and other statements matters (an environment variable set in between). */
  readonly mayHoist: boolean;
}

export interface StepFile {
  readonly file: ReturnType<FileBuilder['finish']>;
  readonly problems: readonly PackageProblem[];
  readonly isAsync: boolean;
}

const INDENT = '    ';

export function stepFile(plan: StepPlan): StepFile {
  const names = planNames(plan);
  const problems: PackageProblem[] = [];
  const body = bodyOf(plan, names, problems);
  const isAsync = plan.cells.some(awaitsAtTop);
  const file = new FileBuilder();
  file.add(docstring(plan.step.name, ''));
  for (const text of names.atTop.filter(isFuture)) file.blank().add(text);
  file.blank();
  for (const text of names.atTop.filter((each) => !isFuture(each))) file.add(text);
  file.blank();
  for (const text of localImports(plan, names, body.text)) file.add(text);
  file.blank(2);
  file.add(`${isAsync ? 'async ' : ''}${signature(plan)}`);
  file.add(indentCode(docstring(sourceOf(plan), ''), INDENT));
  file.addMapped({ text: indentCode(body.text, INDENT), origins: body.origins });
  file.add(indentCode(returnStatement(plan), INDENT));
  return { file: file.finish(), problems, isAsync };
}

interface Names {
  /** Import statements at the top of the module. */
  readonly atTop: readonly string[];
  /** Import statements at the start of the function, where a cell gives the name another value too. */
  readonly inBody: readonly string[];
  /** Those of the cells' own statements that are taken out of the body. */
  readonly hoisted: ReadonlySet<string>;
  readonly helpersInBody: readonly string[];
  readonly helpersAtTop: readonly string[];
  readonly shims: string;
}

function planNames(plan: StepPlan): Names {
  const taken = takenNames(plan);
  const own = new Set(plan.cells.flatMap(importTexts));
  const blocks = plan.step.imports.filter(isBlock);
  const simple = plan.step.imports.filter((text) => !isBlock(text)).map(normaliseImport);
  const all = [...new Set([...simple, ...own])].filter((text) => !/\bimport \*$/.test(text));
  const isFree = (text: string) =>
    plan.mayHoist && importedNames(text).every((name) => !taken.has(name));
  const atTop = all.filter(isFree);
  const inBody = [
    ...all.filter((text) => !isFree(text) && !own.has(text)),
    ...blocks.filter((text) => !plan.cells.some(({ cell }) => cell.source.includes(text))),
  ];
  const helpers = plan.step.helpers.filter((name) => plan.moved.has(name)).sort();
  return {
    atTop: [...plan.starImports, ...sortImports(atTop)],
    inBody,
    hoisted: new Set([...atTop, ...plan.starImports]),
    helpersInBody: helpers.filter((name) => taken.has(name)),
    helpersAtTop: helpers.filter((name) => !taken.has(name)),
    shims:
      ['notebook', 'notebook_shims', 'slipway_notebook'].find((name) => !isUsed(plan, name)) ??
      '_shims',
  };
}

/** Names a cell of the step binds by something else than an import or a definition that moved. */
function takenNames(plan: StepPlan): Set<string> {
  const taken = new Set([...plan.step.inputs, ...plan.parameters.map((each) => each.name)]);
  for (const { facts, parsed, cell } of plan.cells) {
    const moving = parsed.statements
      .filter(
        (each) =>
          each.name === 'ImportStatement' ||
          plan.moved.has(definitionName(each.node, parsed.text) ?? ''),
      )
      .map((each) => [lineAt(cell.source, each.from), lineAt(cell.source, each.to)] as const);
    for (const { name, line } of [...facts.bound, ...facts.deleted]) {
      if (!moving.some(([from, to]) => from <= line && line <= to)) taken.add(name);
    }
  }
  return taken;
}

function bodyOf(plan: StepPlan, names: Names, problems: PackageProblem[]): MappedText {
  const body = new FileBuilder();
  for (const name of plan.step.inputs.filter((each) => plan.maybeInputs.has(each))) {
    body.add(`if ${name} is UNBOUND:`).add(`    del ${name}`);
  }
  for (const text of names.inBody) body.add(text);
  if (names.helpersInBody.length > 0)
    body.add(`from ..helpers import ${names.helpersInBody.join(', ')}`);
  for (const name of reboundWithin(plan)) body.add(`${name}: object`);
  if (plan.cells.some(({ cell }) => /\b__name__\b/.test(cell.source)))
    body.add(`__name__ = '__main__'`);
  // A notebook has no file: the name is unbound there.
  if (plan.cells.some(({ cell }) => /\b__file__\b/.test(cell.source))) body.add('__file__: object');
  for (const check of starChecks(plan, names.shims)) body.add(check);
  for (const { cellId, name } of plan.step.travellingDefinitions) {
    const read = plan.allCells.find(({ cell }) => cell.id === cellId);
    const code = read && definitionCode(read, name);
    if (!code || !read) continue;
    body.blank().add(`# ${name}: as defined in cell ${read.number}.`).addMapped(code).blank();
  }
  const facts = plan.allCells.map((each) => each.facts);
  for (const read of plan.cells) {
    const converted = convertCell(read, {
      moved: plan.moved,
      hoisted: names.hoisted,
      parameters: plan.allParameters,
      absent: absentNames(plan),
      asked: answersOf(read.facts, facts),
      shims: names.shims,
    });
    problems.push(...converted.problems);
    if (converted.code.text === '') continue;
    body.blank().add(`# Cell ${read.number}`).addMapped(converted.code);
    if (plan.draws && !converted.isEmpty && converted.code.text.includes('(')) {
      body.add(`${names.shims}.end_cell()`);
    }
  }
  body.blank();
  const { text, origins } = body.finish();
  return { text: text.trimEnd(), origins: origins.slice(0, text.trimEnd().split('\n').length) };
}

/** A star import over a name that a cell has bound before it would not be seen: names of the step come first. */
function starChecks({ cells, allCells }: StepPlan, shims: string): string[] {
  return cells.flatMap(({ facts, number }) =>
    facts.starImports.flatMap(({ module }) => {
      const before = allCells.filter((each) => each.number <= number);
      const imported = new Set(
        before.flatMap((each) => each.facts.imports.flatMap((one) => one.names)),
      );
      const names = new Set(before.flatMap((each) => each.facts.bound.map(({ name }) => name)));
      const own = [...names].filter((name) => !imported.has(name)).sort();
      if (own.length === 0) return [];
      return `${shims}.check_star("${module}", ${own.map((name) => `"${name}"`).join(', ')})`;
    }),
  );
}

function absentNames(plan: StepPlan): Set<string> {
  const here = new Set([...plan.step.inputs, ...plan.parameters.map((each) => each.name)]);
  for (const { facts } of plan.cells) for (const { name } of facts.bound) here.add(name);
  const deleted = plan.cells.flatMap(({ facts }) => facts.deleted.map((each) => each.name));
  return new Set(deleted.filter((name) => !here.has(name)));
}

/** `global x` in a function of a cell, where no cell binds x itself: a bare annotation makes it the step's. */
function reboundWithin(plan: StepPlan): string[] {
  const bound = new Set([...plan.step.inputs, ...plan.parameters.map((each) => each.name)]);
  const wanted = new Set<string>();
  for (const read of plan.cells) {
    for (const statement of read.parsed.statements) {
      for (const name of surelyBound(statement, read.parsed.text)) bound.add(name);
    }
    for (const match of read.python.text.matchAll(/^[ \t]+global[ \t]+([\w \t,]+)/gm)) {
      for (const name of (match[1] ?? '').split(',')) wanted.add(name.trim());
    }
  }
  for (const { cellId, name } of plan.step.travellingDefinitions) {
    const read = plan.allCells.find(({ cell }) => cell.id === cellId);
    const definition = read?.facts.definitions.find((each) => each.name === name);
    for (const each of definition?.rebinds ?? []) wanted.add(each);
  }
  return [...wanted].filter((name) => name !== '' && !bound.has(name)).sort();
}

function localImports(plan: StepPlan, names: Names, body: string): string[] {
  const imports: string[] = [];
  if (body.includes(`${names.shims}.`)) {
    imports.push(
      names.shims === 'notebook'
        ? 'from .. import notebook'
        : `from .. import notebook as ${names.shims}`,
    );
  }
  if (names.helpersAtTop.length > 0)
    imports.push(`from ..helpers import ${names.helpersAtTop.join(', ')}`);
  const shims = [];
  if (plan.step.inputs.some((name) => plan.maybeInputs.has(name))) shims.push('UNBOUND');
  if (returnNames(plan).maybe.length > 0) shims.push('bound');
  if (/(?<![\w.])display\s*\(/.test(body) && !isBoundOrImported(plan, 'display'))
    shims.push('display');
  if (shims.length > 0) imports.push(`from ..notebook import ${shims.join(', ')}`);
  return imports;
}

function isBoundOrImported(plan: StepPlan, name: string): boolean {
  return (
    plan.cells.some(({ facts }) => facts.bound.some((each) => each.name === name)) ||
    plan.step.imports.some((text) => importedNames(text).includes(name))
  );
}

function isUsed(plan: StepPlan, name: string): boolean {
  return (
    plan.step.inputs.includes(name) ||
    plan.cells.some(({ cell }) => new RegExp(`(?<![.\\w])${name}\\b`).test(cell.source))
  );
}

const TYPE_OF: Readonly<Record<Parameter['type'], string>> = {
  int: 'int',
  float: 'float',
  bool: 'bool',
  str: 'str',
  path: 'str',
  date: 'str',
  list: 'list',
  enum: '',
  secret: 'str',
  json: '',
};

function signature(plan: StepPlan): string {
  const given = plan.parameters.map((each) => {
    const type = TYPE_OF[each.type];
    const typed = type ? `${each.name}: ${type}` : each.name;
    if (each.type === 'secret') return typed;
    return `${typed}${type ? ' = ' : '='}${each.defaultSource.trim()}`;
  });
  const sure = plan.step.inputs.filter((name) => !plan.maybeInputs.has(name));
  const maybe = plan.step.inputs.filter((name) => plan.maybeInputs.has(name));
  const inputs = [...sure, ...maybe.map((name) => `${name}=UNBOUND`)];
  const parts = [...inputs, ...(given.length > 0 ? ['*', ...given] : [])];
  const line = `def ${plan.name}(${parts.join(', ')}):`;
  if (line.length <= 96 && !line.includes('\n')) return line;
  return [`def ${plan.name}(`, ...parts.map((each) => `${INDENT}${each},`), '):'].join('\n');
}

function sourceOf({ cells, notebookName }: StepPlan): string {
  const numbers = cells.map((each) => each.number);
  return `${numbers.length === 1 ? 'Cell' : 'Cells'} ${ranges(numbers)} of ${notebookName}.`;
}

function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}

/** Those that have a value whenever the function ends, and those that may have none. */
export function returnNames({ step, cells, parameters, maybeInputs }: Omit<StepPlan, 'name'>): {
  sure: string[];
  maybe: string[];
} {
  const sureInputs = step.inputs.filter((name) => !maybeInputs.has(name));
  const bound = new Set([...sureInputs, ...parameters.map((each) => each.name)]);
  const deleted = new Set(cells.flatMap(({ facts }) => facts.deleted.map((each) => each.name)));
  for (const { parsed, python, cell } of cells) {
    if (python.isIsolated || isErrorExpected(cell.tags)) continue;
    for (const statement of parsed.statements) {
      for (const name of surelyBound(statement, parsed.text)) bound.add(name);
    }
  }
  const isSure = (name: string) => bound.has(name) && !deleted.has(name);
  return { sure: step.outputs.filter(isSure), maybe: step.outputs.filter((name) => !isSure(name)) };
}

function returnStatement(plan: StepPlan): string {
  const { sure, maybe } = returnNames(plan);
  const parts = sure.map((name) => `"${name}": ${name}`);
  if (maybe.length > 0) {
    const names = maybe.map((name) => `"${name}"`).join(', ');
    parts.push(`**bound(locals(), ${names})`);
  }
  const line = `return {${parts.join(', ')}}`;
  return line.length <= 90
    ? line
    : ['return {', ...parts.map((each) => `${INDENT}${each},`), '}'].join('\n');
}

function awaitsAtTop({ parsed }: ReadCell): boolean {
  const visit = (node: ReturnType<typeof childrenOf>[number]): boolean => {
    if (node.name === 'FunctionDefinition' || node.name === 'LambdaExpression') return false;
    if (node.name === 'await' || node.name === 'async') return true;
    return childrenOf(node).some(visit);
  };
  return visit(parsed.top);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function docstring(text: string, more: string): string {
  const safe = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"""', "'''")
    .replace(/"$/, "'")
    .replaceAll('\n', ' ');
  const closed = /[.!?]$/.test(safe) ? safe : `${safe}.`;
  return more ? `"""${closed}\n\n${more}\n"""` : `"""${closed}"""`;
}
