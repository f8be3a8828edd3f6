/** The package's run against the plain script of the same cells, both in the package's own clean environment. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freshFolder, ROOT } from './lib/app.mjs';
import { repeat, row } from './lib/measure.mjs';

const RUNS = 3;
const desk = freshFolder('run');
const notebook = join(desk.folder, 'demand', 'demand.ipynb');
cpSync(join(ROOT, 'resources', 'samples', 'demand'), dirname(notebook), { recursive: true });
const env = { ...process.env, SLIPWAY_HOME: join(desk.folder, 'home') };
const cli = (...args) =>
  JSON.parse(
    execFileSync(process.execPath, [join(ROOT, 'dist', 'cli.mjs'), ...args, '--json'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    }),
  );

console.log('  demand sample; one package with its clean environment is made first');
const state = cli('package', notebook);
const run = cli('run', notebook, '--no-compare');
const python = findPython(env.SLIPWAY_HOME);
const { name, folder } = state;

const script = join(dirname(notebook), 'plain.py');
writeFileSync(
  script,
  `import matplotlib\nmatplotlib.use("Agg")\n${JSON.parse(readFileSync(notebook, 'utf8'))
    .cells.filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => [source].flat().join(''))
    .join('\n')}\n`,
);

function timed(command, args, options) {
  const began = performance.now();
  execFileSync(command, args, { stdio: 'ignore', ...options });
  return performance.now() - began;
}

const plain = await repeat(RUNS, () => timed(python, [script], { cwd: dirname(notebook) }));
const packaged = await repeat(RUNS, (at) =>
  timed(python, ['-m', name, 'run', '--run-folder', join(desk.folder, `run-${at}`)], {
    cwd: folder,
    env: { ...env, PYTHONPATH: join(folder, 'src') },
  }),
);
row('the plain script of the same cells', plain, 'ms');
row(`the package, ${run.steps.length} steps in processes of their own`, packaged, 'ms', {
  label: 'the plain script',
  values: plain,
});
desk.remove();

function findPython(home) {
  const [folderName] = execFileSync('ls', [join(home, 'environments')], { encoding: 'utf8' })
    .split('\n')
    .filter((each) => each.startsWith('package-'));
  const path = join(home, 'environments', folderName ?? '', 'bin', 'python');
  if (!existsSync(path)) throw new Error('The clean environment was not found.');
  return path;
}
