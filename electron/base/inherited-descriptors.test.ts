import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'slipway-descriptors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether a grandchild still holds the pipe at descriptor 40, beyond the first sixteen and after a gap. */
function grandchildHolds(script: string): Promise<boolean> {
  const gap = Array.from({ length: 37 }, () => null);
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'inherit', ...gap, 'pipe'],
  });
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.once('close', () => resolve(output.trim() === 'true'));
  });
}

function write(name: string, first: string): string {
  const path = join(folder, `${name}.mjs`);
  const asks = `require('node:fs').existsSync('/proc/self/fd/40')`;
  writeFileSync(
    path,
    `import { spawnSync } from 'node:child_process';\n${first}\n` +
      `spawnSync(process.execPath, ['-p', ${JSON.stringify(asks)}], { stdio: 'inherit' });\n`,
  );
  return path;
}

it.skipIf(process.platform !== 'linux')('hands no inherited descriptor on to a child', async () => {
  const closer = join(folder, 'closer.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'inherited-descriptors.ts')],
    outfile: closer,
    format: 'esm',
    platform: 'node',
  });
  const closing = `import { closeInheritedDescriptors } from './closer.mjs';\ncloseInheritedDescriptors();`;

  const held = [
    await grandchildHolds(write('plain', '')),
    await grandchildHolds(write('closed', closing)),
  ];

  expect(held).toEqual([true, false]);
});
