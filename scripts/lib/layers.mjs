/**
 * The rule between rooms and stages (ARCHITECTURE.md), decided from a list of imports.
 * Own code, because dependency-cruiser reads TypeScript with a compiler API that TypeScript 7 no longer has.
 */
import { posix } from 'node:path';

export const STAGES = [
  'connect',
  'notebook',
  'pipeline',
  'package',
  'build',
  'estimate',
  'deploy',
  'operate',
];
const ROOMS = ['shared', 'electron', 'renderer'];
/** These know the whole road, as they wire it, contract it or show it. */
const KNOWS_ALL_STAGES =
  /^(shared\/(studio-api|stages|road)|electron\/(compose|router|road-watcher|host|cli|main|preload)|renderer\/[^/]+)\.(ts|tsx)$/;
const KNOWS_ELECTRON = /^electron\/(main|preload)\.ts$|^electron\/window\//;
const TEST = /\.test\.(ts|tsx)$|\/testing\//;

/** The complaint about `file` importing `specifier`, or null. Paths are from the root, with `/`. */
export function judgeImport(file, specifier) {
  const from = place(file);
  if (!ROOMS.includes(from.room) || file.endsWith('.config.ts')) return null;
  if (!specifier.startsWith('.')) return judgePackage(file, from, specifier);
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  const to = place(target);
  return judgeRooms(file, from, to) ?? judgeStages(file, from, to, target);
}

function judgePackage(file, from, specifier) {
  if (specifier === 'electron' && !KNOWS_ELECTRON.test(file)) {
    return "only electron/main.ts, electron/preload.ts and electron/window import 'electron'";
  }
  if (TEST.test(file)) return null;
  if (from.room === 'shared' && specifier.startsWith('node:')) return 'shared does no I/O';
  if (from.room === 'shared' && /^(react|@mantine)/.test(specifier)) return 'shared shows nothing';
  if (from.room === 'renderer' && specifier.startsWith('node:')) return 'the window has no Node';
  return null;
}

function judgeRooms(file, from, to) {
  if (!ROOMS.includes(to.room) || from.room === to.room || to.room === 'shared') return null;
  if (TEST.test(file) && from.room !== 'shared') return null;
  return from.room === 'shared'
    ? `shared imports only shared, not ${to.room}`
    : `${from.room} and ${to.room} never import each other`;
}

function judgeStages(file, from, to, target) {
  if (KNOWS_ALL_STAGES.test(file) || to.order < 0) return null;
  // A room's own ground (base, task, ui, window) lies below its stages.
  if (from.order < 0 && from.room === to.room) {
    return isWiring(file) ? null : `${from.folder} lies below the stages`;
  }
  // One stage is one thing in all rooms: its parts may be imported one by one.
  if (from.order === to.order) return null;
  const isLater = from.room === to.room && to.order > from.order;
  if (isLater && !TEST.test(file)) return `${to.folder} comes after ${from.folder}`;
  // What a stage lends to the tests of others stands in files named test-….
  if (isPublic(target, to) || (TEST.test(file) && /\/test-[\w-]+$/.test(target))) return null;
  return `another stage is imported by its one public file, ${to.room}/${to.folder}/index.ts`;
}

/** The app's shell and its test fakes put stages side by side. */
function isWiring(file) {
  return /^renderer\/(shell|testing)\//.test(file);
}

function isPublic(target, to) {
  const inside = target.slice(`${to.room}/${to.folder}`.length).replace(/\.(ts|tsx)$/, '');
  return inside === '' || inside === '/' || inside === '/index';
}

function place(path) {
  const [room, folder = ''] = path.split('/');
  return { room, folder, order: STAGES.indexOf(folder) };
}
