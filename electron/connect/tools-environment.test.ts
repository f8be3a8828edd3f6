import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer } from '../base/answer';
import { RESOURCES } from './test-studio';
import { ensureTools, toolsFolder } from './tools-environment';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-tools-'));
});

afterEach(() => rm(home, { recursive: true }));

describe('the app’s own tools', () => {
  it('lie in a folder named by their lock file, or where SLIPWAY_TOOLS says', async () => {
    const { folder, hash } = await toolsFolder({ home, resources: RESOURCES, env: {} });
    expect(folder).toBe(join(home, `tools-${hash.slice(0, 12)}`));
    const env = { SLIPWAY_TOOLS: '/elsewhere' };
    expect(await toolsFolder({ home, resources: RESOURCES, env })).toEqual({
      folder: '/elsewhere',
      hash,
    });
  });

  it('say which command to type where no Python will do', async () => {
    const env = { PATH: home };
    const refused = await answer(() => ensureTools({ home, resources: RESOURCES, env }));
    expect(refused).toMatchObject({
      error: { kind: 'environment', nextSteps: [{ shell: expect.any(String) }] },
    });
  });

  it('never empty a folder that holds other things', async () => {
    const precious = join(home, 'precious');
    await writeFile(precious, 'mine');
    const needs = { home, resources: RESOURCES, toolsFolder: home, env: process.env };
    expect(await answer(() => ensureTools(needs))).toMatchObject({ error: { kind: 'conflict' } });
    expect(await readFile(precious, 'utf8')).toBe('mine');
  });

  it('do not wait for a maker that has died', async () => {
    const env = { PATH: home };
    const { folder } = await toolsFolder({ home, resources: RESOURCES, env });
    // Linux gives no process a number this high.
    await writeFile(`${folder}.lock`, '4194999');
    const refused = await answer(() => ensureTools({ home, resources: RESOURCES, env }));
    expect(refused).toMatchObject({ error: { kind: 'environment' } });
  });
});
