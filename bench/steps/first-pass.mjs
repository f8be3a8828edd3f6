/**
 * A process of its own: the first pass over notebooks, given as JSON on stdin, by the analysis bundle that is named.
 * CPU time of all threads, in ms.
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
const pass = () => {
  for (const cells of notebooks) loaded.made.createAnalyser().analyse(cells);
};
const first = await timed(pass);
process.stdout.write(JSON.stringify({ load: loaded.ms, first: first.ms }));
