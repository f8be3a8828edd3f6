/** Our own files read back, as far as the tests need it: blocks, the names of their arguments, and references. */

export interface ReadBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: Record<string, string>;
  readonly blocks: ReadBlock[];
}

/** A value of several lines ends where the indentation is that of its argument again. */
export function readHcl(file: string): ReadBlock[] {
  const root: ReadBlock = { type: '', labels: [], attributes: {}, blocks: [] };
  const open = [root];
  let value: { readonly indent: number; readonly name: string } | null = null;
  for (const line of file.split('\n')) {
    const indent = line.length - line.trimStart().length;
    const at = open.at(-1) ?? root;
    if (value) {
      at.attributes[value.name] += `\n${line}`;
      if (indent === value.indent && line.trim() !== '') value = null;
      continue;
    }
    const [, type, labels] = /^\s*([a-z_]+)((?: "[^"]*")*) \{(?: *\})?$/.exec(line) ?? [];
    const [, name, text] = /^\s*([a-z_]+) += (.*)$/.exec(line) ?? [];
    if (type !== undefined) {
      const names = [...(labels ?? '').matchAll(/"([^"]*)"/g)].map(([, each]) => each ?? '');
      const block: ReadBlock = { type, labels: names, attributes: {}, blocks: [] };
      at.blocks.push(block);
      if (!line.endsWith('}')) open.push(block);
    } else if (name !== undefined && text !== undefined) {
      at.attributes[name] = text;
      if (/[[{(]$/.test(text)) value = { indent, name };
    } else if (line.trim() === '}') open.pop();
  }
  return root.blocks;
}

/** "aws_lb.app.arn" and "var.image", without what stands in quotes and is plain text. */
export function referencesIn(text: string): string[] {
  const expressions = text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) =>
    [...quoted.matchAll(/(?<!\$)\$\{([^}]*)\}/g)].map(([, inner]) => ` ${inner} `).join(' '),
  );
  return [
    ...expressions.matchAll(/\b(?:data\.)?(?:var|(?:aws|google|azurerm)_\w+)\.\w+(?:\.\w+)*/g),
  ].map(([reference]) => reference);
}
