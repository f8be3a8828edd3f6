/** Prints every import that breaks the rule between rooms and stages. Runs on Node 24, as Vite's parser wants it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { judgeImport } from './lib/layers.mjs';
import { ROOT } from './lib/paths.mjs';
import { filesIn } from './lib/tree.mjs';

const files = ['shared', 'electron', 'renderer']
  .flatMap(filesIn)
  .filter((path) => /\.tsx?$/.test(path));
const complaints = files.flatMap(judgeFile);

for (const line of complaints) console.log(line);
console.log(`${files.length} files, ${complaints.length} imports against the layers`);
process.exitCode = complaints.length > 0 ? 1 : 0;

function judgeFile(file) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return importsOf(file, text).flatMap(({ specifier, start }) => {
    const complaint = judgeImport(file, specifier);
    const line = text.slice(0, start).split('\n').length;
    return complaint ? `${file}:${line} imports '${specifier}': ${complaint}` : [];
  });
}

/** Every module this one names: types count as well, as they couple rooms just the same. */
function importsOf(file, text) {
  const { module } = parseSync(file, text);
  const named = [
    ...module.staticImports.map((entry) => entry.moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries[0]?.moduleRequest ?? []),
  ].map(({ value, start }) => ({ specifier: value, start }));
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = text.slice(start, end).match(/^['"](.*)['"]$/);
    return literal ? { specifier: literal[1], start } : [];
  });
  return [...named, ...dynamic];
}
