/** What the parts share: one Python with the notebook's libraries and the peers, and our own generator as a program. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { freshFolder, ROOT } from '../lib/app.mjs';

const LIBRARIES = [
  'numpy==2.4.6',
  'pandas==3.1.1',
  'pyarrow==26.0.1',
  'scikit-learn==1.9.1',
  'matplotlib==3.11.2',
];
const PEERS = ['soorgeon==0.0.20', 'papermill==2.7.0', 'ploomber==0.23.3'];
const KERNEL = ['ipykernel==7.4.0', 'setuptools==80.10.2'];

export async function openStepsDesk() {
  const desk = freshFolder('steps');
  const uv = findUv();
  const python = peerPython(uv);
  const generator = join(desk.folder, 'generator.mjs');
  await bundleGenerator(generator);
  const has = (module) =>
    spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
  const peer = (module) => {
    if (has(module)) return true;
    console.log(`    ${module} could not be installed here, so it is not measured`);
    return false;
  };
  return {
    folder: desk.folder,
    python,
    program: (name) => join(dirname(python), name),
    peer,
    /** A copy of a notebook with its data in a folder of its own. */
    copyOf: (notebook, name) => {
      const folder = join(desk.folder, name);
      cpSync(dirname(notebook), folder, { recursive: true });
      return join(folder, basename(notebook));
    },
    sample: join(ROOT, 'resources', 'samples', 'demand', 'demand.ipynb'),
    /** The command that generates the package of a notebook beside it, and the folder it writes. */
    generate: (notebook) => ({
      command: [process.execPath, generator, notebook, join(ROOT, 'resources')],
      folder: notebook.replace(/\.ipynb$/, '_package'),
      name: basename(notebook, '.ipynb'),
    }),
    remove: desk.remove,
  };
}

/** The process's whole time in ms, from its start to its end. */
export function timed([command, ...args], options = {}) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  });
  const took = performance.now() - began;
  if (status === 0) return took;
  throw new Error(
    `${command} ${args.join(' ')} ended with ${status}:\n${(stderr || stdout).slice(-2000)}`,
  );
}

const METER = `
import json, resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, (time.monotonic() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000]))
`;

/** Wall time and CPU time of a process and all it started, in ms: where others use the computer too, the second tells more. */
export function metered(python, command, options) {
  const { stdout, stderr } = spawnSync(python, ['-c', METER, ...command], {
    encoding: 'utf8',
    ...options,
  });
  const [code, wall, cpu] = JSON.parse(stdout);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${stderr}`);
  return { wall, cpu };
}

/** Null, and said, where a peer does not get through. */
export function timedPeer(name, command, options) {
  try {
    return timed(command, options);
  } catch (thrown) {
    console.log(`    ${name} failed: ${String(thrown).trim().split('\n').at(-1)}`);
    return null;
  }
}

export function moduleEnvironment(folder) {
  return { ...process.env, PYTHONPATH: join(folder, 'src'), MPLBACKEND: 'Agg' };
}

/** The code cells as one script. */
export function plainScript(cells, path) {
  const code = cells.filter(({ cell_type }) => cell_type === 'code');
  writeFileSync(path, `${code.map(({ source }) => [source].flat().join('')).join('\n')}\n`);
  return path;
}

function findUv() {
  const own = process.env.SLIPWAY_TOOLS && join(process.env.SLIPWAY_TOOLS, 'bin', 'uv');
  return own && existsSync(own) ? own : 'uv';
}

/** Made once, under .cache; a peer that cannot be installed leaves the others there. */
function peerPython(uv) {
  const wanted = [...LIBRARIES, ...KERNEL, ...PEERS];
  const hash = createHash('sha256').update(wanted.join()).digest('hex').slice(0, 8);
  const folder = join(ROOT, '.cache', `bench-steps-${hash}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, '.complete'))) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  timed([uv, 'venv', '--quiet', '--no-project', '--python', '3.11', folder]);
  const install = [uv, 'pip', 'install', '--quiet', '--python', python];
  timed([...install, ...LIBRARIES, ...KERNEL]);
  for (const peer of PEERS) timedPeer(peer, [...install, peer]);
  writeFileSync(join(folder, '.complete'), wanted.join('\n'));
  return python;
}

const PROGRAM = `
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { loadTemplates } from './electron/package/templates';
import { generatePackage } from './shared/package';
import { analyseCells, NO_CHOICES, suggestPipeline } from './shared/pipeline';
const [notebook, resources] = process.argv.slice(2);
const cells = JSON.parse(readFileSync(notebook, 'utf8')).cells.map((cell, index) => ({
  id: 'cell-' + index, type: cell.cell_type, source: [cell.source].flat().join(''), tags: cell.metadata?.tags ?? [],
}));
const facts = analyseCells(cells);
const pipeline = suggestPipeline(cells, facts, NO_CHOICES);
const name = basename(notebook, '.ipynb');
const { files } = generatePackage({
  name, notebookName: basename(notebook), cells, facts, pipeline, serve: null, lock: '', requirements: [],
  python: '3.11', start: '', searchPaths: [], dataFiles: [], templates: await loadTemplates(resources), seed: 1,
});
const folder = notebook.replace(/\\.ipynb$/, '_package');
for (const { path, text } of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
for (const each of readdirSync(dirname(notebook), { withFileTypes: true })) {
  if (each.isDirectory() && each.name === 'data')
    cpSync(join(dirname(notebook), 'data'), join(folder, 'data', 'data'), { recursive: true });
}
`;

async function bundleGenerator(outfile) {
  await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
}
