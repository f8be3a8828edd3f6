/** Whether a literal may become a parameter under a name: the name must not mean anything else where it will stand. */
import type { CellId } from '../../shared/base/ids';
import {
  type CellSource,
  definitionAround,
  type NotebookFacts,
  type Pipeline,
} from '../../shared/pipeline';

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** A sentence, or null where nothing speaks against it. */
export function whyNotPromote(
  name: string,
  cellId: CellId,
  start: number,
  cells: readonly CellSource[],
  known: { readonly pipeline: Pipeline; readonly facts: NotebookFacts },
): string | null {
  if (KEYWORDS.has(name)) return `${name} is a word of Python itself. Choose another name.`;
  if (known.pipeline.parameters.some((each) => each.name === name)) {
    return `There is a parameter ${name} already. Choose another name.`;
  }
  const source = cells.find((cell) => cell.id === cellId)?.source ?? '';
  const line = source.slice(0, start).split('\n').length;
  const around = definitionAround(known.facts, { cellId, line });
  if (around) {
    return `That literal stands inside ${around}, which steps share. Make it an argument of ${around}, or a variable before it.`;
  }
  const binders = known.facts.filter((fact) => fact.bound.some((use) => use.name === name));
  const reads = known.facts.some((fact) => fact.read.some((use) => use.name === name));
  if (binders.length === 0) {
    return reads ? `The notebook reads ${name} from elsewhere. Choose another name.` : null;
  }
  const isOwn = binders.length === 1 && binders[0]?.cellId === cellId;
  if (isOwn && isAssignedThere(name, source, start)) return null;
  const number = (binders.find((fact) => fact.cellId !== cellId) ?? binders[0])?.index ?? 0;
  return `Cell ${number + 1} binds ${name} to something else. Choose another name.`;
}

/** `name = ▮`: the literal is all that the name ever means. */
function isAssignedThere(name: string, source: string, start: number): boolean {
  const before = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  const isOnly =
    source.match(new RegExp(`(?<![\\w.])${name}\\s*(?::[^=\\n]+)?=(?!=)`, 'g'))?.length === 1;
  return isOnly && new RegExp(`^\\s*${name}\\s*(?::[^=]+)?=\\s*$`).test(before);
}
