/**
 * Run after `npm install` changed the lock file: `node scripts/complete-lock.mjs`.
 * A registry mirror may lack the binaries of platforms it does not serve; npm then leaves them out of the lock file,
 * and `npm ci` refuses that everywhere. Their exact versions stand in the packages that want them: they are written down from there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/paths.mjs';

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
];
const LIBRARIES = { gnu: 'glibc', musl: 'musl' };

const file = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([path, entry]) => missingOf(path, entry));

for (const { path, entry } of missing) lock.packages[path] = entry;
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([one], [other]) => one.localeCompare(other, 'en')),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(
  `${missing.length} platform packages written down: ${missing.map(({ path }) => path.replace(/^.*node_modules\//, '')).join(', ')}`,
);

function missingOf(path, { optionalDependencies = {}, dev }) {
  if (path === '') return [];
  return Object.entries(optionalDependencies).flatMap(([name, version]) => {
    const platform = platformOf(name);
    if (!platform || isLocked(path, name) || !/^\d/.test(version)) return [];
    const entry = { version, ...platform, ...(dev ? { dev } : {}), optional: true };
    return [{ path: `node_modules/${name}`, entry }];
  });
}

function isLocked(path, name) {
  return `node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages;
}

/** Read from the name, for example `@biomejs/cli-linux-x64-musl`; null where it names no platform. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (!os || !cpu) return null;
  const libc = words.map((word) => LIBRARIES[word.match(/^(gnu|musl)/)?.[0]]).find(Boolean);
  return { cpu: [cpu], ...(os === 'linux' && libc ? { libc: [libc] } : {}), os: [os] };
}
