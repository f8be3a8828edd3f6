/** helpers.py: functions and classes that mean the same outside their cell, so that they can be imported and pickled. */
import type { Pipeline } from '../pipeline';
import { definitionCode, type ReadCell } from './cell-code';
import { importTexts, isBlock, normaliseImport, sortImports } from './imports';
import { FileBuilder } from './source-text';
import { definitionName } from './statements';

export interface HelpersFile {
  readonly file: ReturnType<FileBuilder['finish']>;
  readonly names: ReadonlySet<string>;
}

export function helpersFile(pipeline: Pipeline, cells: readonly ReadCell[]): HelpersFile {
  const wanted = pipeline.helpers.flatMap(({ cellId, names }) =>
    names.map((name) => ({ cellId, name })),
  );
  const definitions = cells.flatMap((read) =>
    read.parsed.statements.flatMap((statement) => {
      const name = definitionName(statement.node, read.parsed.text);
      const isWanted = wanted.some((each) => each.cellId === read.cell.id && each.name === name);
      const code = name && isWanted ? definitionCode(read, name) : null;
      return name && code ? [{ name, code, number: read.number }] : [];
    }),
  );
  const file = new FileBuilder().add('"""Functions and classes that the steps share."""').blank();
  for (const text of importsFor(
    pipeline,
    cells,
    definitions.map((each) => each.code.text).join('\n'),
  ))
    file.add(text);
  for (const { code, number } of definitions) {
    file.blank(2).add(`# Cell ${number}`).addMapped(code);
  }
  return { file: file.finish(), names: new Set(definitions.map((each) => each.name)) };
}

/** Of the notebook's imports those whose names the definitions mention. */
function importsFor(pipeline: Pipeline, cells: readonly ReadCell[], code: string): string[] {
  if (code === '') return [];
  const written = pipeline.imports.map((text) => (isBlock(text) ? text : normaliseImport(text)));
  const all = new Set([...written, ...cells.flatMap(importTexts)]);
  const stars = [...all].filter((text) => /\bimport \*$/.test(text));
  const used = [...all].filter((text) => !stars.includes(text) && mentions(text, code));
  const shims = /(?<![\w.])display\s*\(/.test(code) ? ['from .notebook import display'] : [];
  const future = used.filter((text) => text.startsWith('from __future__'));
  const rest = used.filter((text) => !future.includes(text));
  return [...future, ...stars, ...sortImports(rest), ...shims];
}

function mentions(text: string, code: string): boolean {
  const names = text.match(/[A-Za-z_]\w*(?=\s*(?:,|\)|$))/g) ?? [];
  const roots = /^import\s+(\w+)/.exec(text)?.[1];
  return [...names, ...(roots ? [roots] : [])].some((name) =>
    new RegExp(`(?<![\\w.])${name}\\b`).test(code),
  );
}
