import { expect, test } from 'vitest';
import { judgeImport } from './layers.mjs';

test.each([
  ['shared/build/progress.ts', '../base/result', null],
  ['shared/build/progress.ts', '../package', null],
  ['electron/build/engine.ts', '../../shared/build/progress', null],
  ['electron/window/menu.ts', 'electron', null],
  ['electron/compose.ts', './deploy/index', null],
  ['shared/build/progress.ts', '../deploy', 'deploy comes after build'],
  [
    'shared/build/progress.ts',
    '../package/lock-file',
    'another stage is imported by its one public file, shared/package/index.ts',
  ],
  ['shared/build/progress.ts', 'node:fs', 'shared does no I/O'],
  [
    'shared/build/progress.ts',
    '../../electron/base/files',
    'shared imports only shared, not electron',
  ],
  [
    'renderer/build/place.tsx',
    '../../electron/build',
    'renderer and electron never import each other',
  ],
  ['renderer/pipeline/proof-table.tsx', '../../shared/package', null],
  ['renderer/ui/kernel.ts', '../../shared/connect', null],
  ['shared/base/ids.ts', '../build', 'base lies below the stages'],
  [
    'electron/host.ts',
    'electron',
    "only electron/main.ts, electron/preload.ts and electron/window import 'electron'",
  ],
])('%s importing %s', (file, specifier, complaint) => {
  expect(judgeImport(file, specifier)).toBe(complaint);
});
