/** Import statements as text: what they bind, in one spelling, in order. */
import { isErrorExpected } from '../pipeline';
import { type ReadCell, statementText } from './cell-code';
import { parseCell } from './statements';

/** Those that may stand elsewhere too: where an error is expected it may be an import's own. */
export function importTexts({ parsed, cell }: ReadCell): string[] {
  if (isErrorExpected(cell.tags)) return [];
  return parsed.statements
    .filter((each) => each.name === 'ImportStatement')
    .map((each) => statementText(each, parsed.text))
    .filter((text) => !/^from \./.test(text));
}

/** What an import statement on one line binds. */
export function importedNames(text: string): string[] {
  const from = /^from\s+\S+\s+import\s+\(?([^)]*)\)?$/.exec(text);
  const list = from?.[1] ?? /^import\s+(.*)$/.exec(text)?.[1] ?? '';
  return list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => / as (\w+)$/.exec(each)?.[1] ?? (from ? each : (each.split('.')[0] ?? each)));
}

/** `try: import …` and the like: it stays where it stands, or is repeated in the step as it is. */
export const isBlock = (text: string) => !/^(?:import|from)\s/.test(text);

export function normaliseImport(text: string): string {
  const statement = parseCell(text).statements[0];
  // An import within `try:` comes with the statement around it, which keeps its lines.
  return statement?.name === 'ImportStatement' ? statementText(statement, text) : text;
}

export const isFuture = (text: string) => text.startsWith('from __future__ ');

/** `import a` before `from a import b`, each in order of name; nothing depends on the order. */
export function sortImports(texts: readonly string[]): string[] {
  const key = (text: string) => (text.startsWith('import ') ? `0${text}` : `1${text}`);
  return [...texts].sort((one, two) => (key(one) < key(two) ? -1 : 1));
}
