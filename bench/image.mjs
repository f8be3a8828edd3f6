/**
 * A one-line change of a notebook's package: rebuilt and pushed by Slipway, and by `docker build` and `docker push` of
 * the same folder to the same registry; then the image's size beside the same package installed plainly.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { withDockerEngine } from '../scripts/setup/docker-engine.mjs';
import { freshFolder, ROOT } from './lib/app.mjs';
import { median, repeat, row } from './lib/measure.mjs';

const RUNS = 5;
const LIMIT = 1.3;
const SIZE_LIMIT = 1.01;
const desk = freshFolder('image');

await withDockerEngine(async (engine) => {
  if (engine.SLIPWAY_TEST_DOCKER !== '1') {
    console.log(`  no Docker engine: ${engine.SLIPWAY_TEST_DOCKER_WHY}`);
    return;
  }
  Object.assign(process.env, engine);
  const { BuildService, TaskRunner, startRegistry } = await ours();
  const registry = await startRegistry();
  try {
    await measure(packageFolder(), registry.host, { BuildService, TaskRunner });
  } finally {
    await registry.stop();
    desk.remove();
  }
});

async function measure(made, host, { BuildService, TaskRunner }) {
  const base = process.env.SLIPWAY_TEST_BASE_IMAGE;
  let hash = '';
  const tasks = new TaskRunner();
  const service = new BuildService({
    tasks,
    currentPackage: () => ({ ...made, hash, python: '3.11', hasService: false }),
    readSettings: () => ({
      ...{ baseImage: base, packageIndex: '', proxy: '', platform: '', engine: '' },
      // The check is Slipway's own addition: docker build has none.
      ...{ engineCertificates: '', pushTo: `${host}/ours`, isImageChecked: false },
      caBundle: process.env.PIP_CERT ?? '',
    }),
    sources: async () => ({ packageIndex: '', caBundle: '' }),
    writeSettings: async () => {},
  });
  const result = async (started) => {
    const ended = started.ok ? await started.value.result : started;
    if (!ended.ok) throw new Error(`${ended.error.message}\n${ended.error.detail ?? ''}`);
    return ended.value;
  };
  const slipway = async (at) => {
    change(made.folder, `ours ${at}`);
    hash = String(at).padStart(12, 'a').padEnd(64, '0');
    const began = performance.now();
    const image = await result(await service.build());
    await result(await service.push());
    return { took: performance.now() - began, image };
  };
  const tag = `${host}/peer/${made.name}`;
  const docker = dockerIn(made.folder);
  const peer = async (at) => {
    change(made.folder, `peer ${at}`);
    const began = performance.now();
    await docker('build', '--build-arg', `BASE_IMAGE=${base}`, '-t', `${tag}:${at}`, '.');
    await docker('push', `${tag}:${at}`);
    return performance.now() - began;
  };
  if (process.env.PIP_CERT) {
    cpSync(process.env.PIP_CERT, join(made.folder, 'slipway-ca-bundle.pem'));
  }
  console.log('  once from the start, for both');
  const { image } = await slipway('first');
  await peer('first');
  const times = { ours: [], peer: [] };
  await repeat(RUNS, async (at) => {
    times.ours.push((await slipway(at)).took);
    times.peer.push(await peer(at));
  });
  const label = 'docker build and docker push';
  row(label, times.peer, 'ms');
  row('Slipway: rebuilt and pushed', times.ours, 'ms', { label, values: times.peer });
  const plain = await plainSize(made, base, docker);
  const share = image.bytes / plain;
  console.log(
    `  image ${megabytes(image.bytes)}, plainly installed ${megabytes(plain)}: ${share.toFixed(4)} ×`,
  );
  const madeHere = [
    `${made.name}-plain`,
    ...(await imagesOf(docker, host)),
    ...(await imagesOf(docker, made.name)),
  ];
  await docker('rmi', '-f', ...new Set(madeHere));
  service.dispose();
  const isGood = median(times.ours) <= LIMIT * median(times.peer) && share <= SIZE_LIMIT;
  if (!isGood) process.exitCode = 1;
  console.log(isGood ? '  within both limits' : `  NOT within ${LIMIT} × and ${SIZE_LIMIT} ×`);
}

/** One stage: the environment by pip, then the package. */
async function plainSize({ folder, name }, base, docker) {
  const copies = ['src', 'data', 'model'].filter((each) => existsSync(join(folder, each)));
  const file = join(desk.folder, 'Plain.Dockerfile');
  writeFileSync(
    file,
    [
      `FROM ${base}`,
      'COPY requirements.lock slipway-ca-bundle.pe[m] /',
      'RUN python3 -m venv /opt/environment \\',
      ' && if [ -s /slipway-ca-bundle.pem ]; then export PIP_CERT=/slipway-ca-bundle.pem; fi \\',
      ' && /opt/environment/bin/pip install --no-cache-dir --no-deps -r /requirements.lock',
      ...copies.map((each) => `COPY ${each} /app/${each}`),
    ].join('\n'),
  );
  await docker('build', '-f', file, '-t', `${name}-plain`, '.');
  return Number(await docker('image', 'inspect', '-f', '{{.Size}}', `${name}-plain`));
}

async function imagesOf(docker, start) {
  const names = await docker('images', '--format', '{{.Repository}}:{{.Tag}}');
  return names
    .split('\n')
    .filter((name) => name.startsWith(`${start}/`) || name.startsWith(`${start}:`));
}

/** Not `execFileSync`: while this process stood still, the engine would close the connections it keeps. */
function dockerIn(cwd) {
  return (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn('docker', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
      const out = [];
      const said = [];
      child.stdout.on('data', (part) => out.push(part));
      child.stderr.on('data', (part) => said.push(part));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve(Buffer.concat(out).toString());
        else reject(new Error(`docker ${args.join(' ')}: ${Buffer.concat([...out, ...said])}`));
      });
    });
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A line of a step, as a changed cell would leave it. */
function change(folder, word) {
  const src = join(folder, 'src');
  const [name] = readdirSync(src);
  appendFileSync(join(src, name, '__main__.py'), `# ${word}\n`);
}

function packageFolder() {
  const notebook = join(desk.folder, 'churn', 'churn.ipynb');
  cpSync(join(ROOT, 'resources', 'samples', 'churn'), dirname(notebook), { recursive: true });
  const args = [join(ROOT, 'dist', 'cli.mjs'), 'package', notebook, '--json'];
  const python = process.env.SLIPWAY_BENCH_PYTHON;
  const out = execFileSync(
    process.execPath,
    [...args, ...(python ? ['--environment', python] : [])],
    {
      env: { ...process.env, SLIPWAY_HOME: join(desk.folder, 'home') },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    },
  );
  const { folder, name } = JSON.parse(out);
  return { folder, name };
}

/** The host's own parts, bundled as the app bundles them. */
async function ours() {
  const outfile = join(ROOT, 'dist', 'bench-image.mjs');
  await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: [
        "export { BuildService } from './electron/build';",
        "export { TaskRunner } from './electron/task';",
        "export { startRegistry } from './electron/engine/testing/registry';",
      ].join('\n'),
      resolveDir: ROOT,
      loader: 'ts',
    },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node24' },
    packages: 'external',
  });
  return import(pathToFileURL(outfile).href);
}
