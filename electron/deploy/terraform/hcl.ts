/** Text in Terraform's language, laid out as `terraform fmt` lays it out. */

/** Written as it is: a reference or a call, never a value of somebody's. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
/** A text with references in it. */
export class Template {
  readonly parts: readonly (string | Expression)[];
  constructor(parts: readonly (string | Expression)[]) {
    this.parts = parts;
  }
}
/** A value as JSON text, for documents of a cloud that Terraform does not model. */
export class JsonText {
  readonly value: Hcl;
  constructor(value: Hcl) {
    this.value = value;
  }
}

export type Hcl =
  | string
  | number
  | boolean
  | null
  | Expression
  | Template
  | JsonText
  | readonly Hcl[]
  | { readonly [key: string]: Hcl };

export interface Block {
  /** One line or several before it. */
  readonly comment?: string;
  readonly type: string;
  readonly labels?: readonly string[];
  /** Undefined is left out. */
  readonly attributes: Readonly<Record<string, Hcl | undefined>>;
  readonly blocks?: readonly Block[];
}

export const ref = (text: string): Expression => new Expression(text);

/** References among words: text`${ref('aws_lb.app.dns_name')}:80`. */
export const text = (
  words: TemplateStringsArray,
  ...values: readonly (string | Expression | Template)[]
): Template =>
  new Template(
    words.flatMap((word, at) => {
      const value = values[at] ?? '';
      return [word, ...(value instanceof Template ? value.parts : [value])];
    }),
  );

/** One file. */
export const hclFile = (blocks: readonly Block[]): string =>
  `${blocks.map((block) => blockLines(block).join('\n')).join('\n\n')}\n`;

function blockLines({ comment, type, labels = [], attributes, blocks = [] }: Block): string[] {
  const head = [type, ...labels.map((label) => quoted([label]))].join(' ');
  const entries = Object.entries(attributes).filter(
    (entry): entry is [string, Hcl] => entry[1] !== undefined,
  );
  const inner = entryLines(entries);
  const nested = blocks.flatMap((block, at) => [
    ...(at > 0 || inner.length > 0 ? [''] : []),
    ...blockLines(block),
  ]);
  const body = [...inner, ...nested].map(indented);
  const before = comment?.split(/\r?\n/).map((line) => `# ${line}`.trimEnd()) ?? [];
  return [...before, ...(body.length === 0 ? [`${head} {}`] : [`${head} {`, ...body, '}'])];
}

/** Signs of equality stand below one another as long as no value of several lines comes between. */
function entryLines(entries: readonly (readonly [string, Hcl])[]): string[] {
  const written = entries.map(([key, value]) => ({ key: keyText(key), lines: valueLines(value) }));
  return written.flatMap(({ key, lines: [first = '', ...rest] }, at) => {
    const width = rest.length > 0 ? 0 : widthAround(written, at);
    return [`${key}${' '.repeat(Math.max(0, width - widthOf(key)))} = ${first}`, ...rest];
  });
}

function widthAround(
  all: readonly { readonly key: string; readonly lines: readonly string[] }[],
  at: number,
): number {
  const isShort = (index: number) => all[index]?.lines.length === 1;
  let [from, to] = [at, at];
  while (isShort(from - 1)) from -= 1;
  while (isShort(to + 1)) to += 1;
  return Math.max(...all.slice(from, to + 1).map(({ key }) => widthOf(key)));
}

/** Terraform counts what a person sees as one sign. */
const SIGNS = new Intl.Segmenter('en', { granularity: 'grapheme' });
const widthOf = (key: string): number => [...SIGNS.segment(key)].length;

/** The first line goes on where the value begins; the others are indented from there. */
function valueLines(value: Hcl): string[] {
  if (value === null || typeof value === 'number' || typeof value === 'boolean')
    return [String(value)];
  if (typeof value === 'string') return [quoted([value])];
  if (value instanceof Expression) return [value.text];
  if (value instanceof Template) return [templateText(value)];
  if (value instanceof JsonText) return called('jsonencode', valueLines(value.value));
  if (isList(value)) return listLines(value);
  const entries = Object.entries(value);
  return entries.length === 0 ? ['{}'] : ['{', ...entryLines(entries).map(indented), '}'];
}

const isList = (value: Hcl): value is readonly Hcl[] => Array.isArray(value);

const LONGEST_LIST = 80;

function listLines(items: readonly Hcl[]): string[] {
  const written = items.map(valueLines);
  const onOne = `[${written.map(([first]) => first).join(', ')}]`;
  if (written.every(({ length }) => length === 1) && onOne.length <= LONGEST_LIST) return [onOne];
  return ['[', ...written.flatMap((lines) => withLast(lines, ',')).map(indented), ']'];
}

function called(name: string, lines: readonly string[]): string[] {
  const [first = '', ...rest] = withLast(lines, ')');
  return [`${name}(${first}`, ...rest];
}

const withLast = (lines: readonly string[], end: string): string[] =>
  lines.map((line, at) => (at === lines.length - 1 ? `${line}${end}` : line));

const indented = (line: string): string => (line === '' ? line : `  ${line}`);

/** Words of the language cannot stand as keys without quotes. */
const keyText = (key: string): string =>
  /^[a-z_][\w-]*$/i.test(key) && !/^(for|if|in|true|false|null)$/.test(key) ? key : quoted([key]);

function templateText({ parts }: Template): string {
  const used = parts.filter((part) => part !== '');
  const [only] = used;
  return used.length === 1 && only instanceof Expression ? only.text : quoted(used);
}

function quoted(parts: readonly (string | Expression)[]): string {
  const written = parts.map((part, at) => {
    if (part instanceof Expression) return `\${${part.text}}`;
    // A dollar just before a reference would turn its sign into plain text.
    return escaped(part, parts[at + 1] instanceof Expression);
  });
  return `"${written.join('')}"`;
}

/** A text as it stands in an expression. */
export const hclText = (plain: string): string => quoted([plain]);

const SHORT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escaped(plain: string, isBeforeReference: boolean): string {
  return (
    plain
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be escaped.
      .replace(/[\\"\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (sign) => SHORT[sign] ?? coded(sign))
      .replace(/(\$+|%+)\{/g, (run) => `${coded(run.slice(0, -2))}${run.at(-2)}${run.at(-2)}{`)
      .replace(/\$+$/, (run) => (isBeforeReference ? coded(run) : run))
  );
}

const coded = (signs: string): string =>
  [...signs].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
