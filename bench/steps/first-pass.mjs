/**
 * A process of its own: the first pass over notebooks, given as JSON on stdin, by the analysis bundle that is named, or
 * with `parser` as the second word by @lezer/python alone. CPU time of all threads, in ms.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const timed = async (work) => {
  const began = cpu();
  const made = await work();
  return { made, ms: cpu() - began };
};

const notebooks = JSON.parse(readFileSync(0, 'utf8'));
const loaded = await timed(() => import(pathToFileURL(process.argv[2]).href));
const { createAnalyser, parser } = loaded.made;
const analyse = () => {
  for (const cells of notebooks) createAnalyser().analyse(cells);
};
const parse = () => {
  for (const { type, source } of notebooks.flat()) if (type === 'code') parser.parse(source);
};
const first = await timed(process.argv[3] === 'parser' ? parse : analyse);
process.stdout.write(JSON.stringify({ load: loaded.ms, first: first.ms }));
