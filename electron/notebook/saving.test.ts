import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fail } from '../../shared/base/studio-error';
import type { UserEdit } from '../../shared/notebook';
import {
  codeCell,
  type Desk,
  desk,
  id,
  notebookText,
  pause,
  Viewer,
  valueIn,
} from './test-notebook';

const two = notebookText(codeCell('a', 'x = 1\n# é'), codeCell('b', 'y = 2'));
const typed = (source: string, cell = 'a'): UserEdit => ({
  kind: 'set-source',
  cellId: id(cell),
  source,
});
const never = { isAutosaveOn: () => false };

let at: Desk;
afterEach(() => at.dispose());

async function opened(text = two, needs: Parameters<typeof desk>[0] = never): Promise<Viewer> {
  at = desk(needs);
  await at.write(text);
  valueIn(await at.service.open(at.path));
  const viewer = new Viewer(at.service, at.path);
  await viewer.until(() => true);
  return viewer;
}

function journals(): string[] {
  const folder = join(at.home, 'recovery');
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe('editing and saving', () => {
  it('changes the edited line only, can be undone, and tells the window', async () => {
    const viewer = await opened();
    valueIn(await at.service.edit(at.path, typed('x = 5\n# é'), 'window-1'));
    valueIn(await at.service.save(at.path));
    const saved = await at.read();
    valueIn(await at.service.undo(at.path));
    valueIn(await at.service.save(at.path));
    const state = await viewer.until((it) => it.canRedo && it.save.status === 'saved');
    expect({
      saved,
      undone: await at.read(),
      source: state.document.cells[0]?.source,
      origins: viewer.events.flatMap((it) => (it.type === 'edited' ? [it.origin] : [])),
      journals: journals(),
    }).toEqual({
      saved: two.replace('x = 1', 'x = 5'),
      undone: two,
      source: 'x = 1\n# é',
      origins: ['window-1', null],
      journals: [],
    });
    await viewer.close();
  });

  it('saves by itself when autosave is on', async () => {
    const viewer = await opened(two, { autosaveMs: 100 });
    valueIn(await at.service.edit(at.path, typed('x = 7\n# é')));
    await viewer.until((it) => it.save.status === 'unsaved');
    await viewer.until((it) => it.save.status === 'saved');
    expect(await at.read()).toBe(two.replace('x = 1', 'x = 7'));
    await viewer.close();
  });

  it('goes on under another name and leaves the old file alone', async () => {
    const viewer = await opened();
    const to = join(at.folder, 'other.ipynb');
    valueIn(await at.service.edit(at.path, typed('x = 8\n# é')));
    expect(await at.service.saveAs(at.path, to)).toEqual({ ok: true, value: { path: to } });
    await viewer.until((it) => it.document.path === to);
    expect({
      old: await at.read(),
      now: await readFile(to, 'utf8'),
      oldPath: (await at.service.save(at.path)).ok,
      again: await at.service.saveAs(to, at.path),
    }).toMatchObject({
      old: two,
      now: two.replace('x = 1', 'x = 8'),
      oldPath: false,
      again: { ok: false, error: { kind: 'conflict' } },
    });
  });
});

describe('a disk that refuses', () => {
  const full = async (path: string): Promise<never> =>
    fail('disk-full', `${path} does not fit: the disk is full.`, { place: { path } });

  it('full: says so, keeps the edits in the window and in the recovery folder', async () => {
    const viewer = await opened(two, { ...never, write: full });
    valueIn(await at.service.edit(at.path, typed('x = 9')));
    const result = await at.service.save(at.path);
    const state = await viewer.until((it) => it.save.status === 'failed');
    expect({
      result,
      source: state.document.cells[0]?.source,
      disk: await at.read(),
    }).toMatchObject({
      result: {
        ok: false,
        error: {
          kind: 'disk-full',
          message: `${at.path} does not fit: the disk is full. Your edits are safe in the recovery folder.`,
        },
      },
      source: 'x = 9',
      disk: two,
    });
    expect(journals()).toHaveLength(1);
    await viewer.close();
  });

  const canMount = mayMount();

  it.skipIf(!canMount)('really full (skipped where no disk may be mounted)', async () => {
    await onDisk('size=64k', async (folder) => {
      const path = join(folder, 'work.ipynb');
      await writeFile(path, two);
      valueIn(await at.service.open(path));
      await writeFile(join(folder, 'filler'), Buffer.alloc(56_000));
      valueIn(await at.service.edit(path, typed('#'.repeat(20_000))));
      const result = await at.service.save(path);
      expect({
        result,
        disk: await readFile(path, 'utf8'),
        left: readdirSync(folder),
      }).toMatchObject({
        result: { ok: false, error: { kind: 'disk-full', place: { path } } },
        disk: two,
        left: ['filler', 'work.ipynb'],
      });
      expect(journals()).toHaveLength(1);
      await rm(join(folder, 'filler'));
      valueIn(await at.service.save(path));
      expect([(await readFile(path, 'utf8')).length > 20_000, journals()]).toEqual([true, []]);
      valueIn(await at.service.close(path));
    });
  });

  it.skipIf(!canMount)('read-only (skipped where no disk may be mounted)', async () => {
    await onDisk('size=64k', async (folder) => {
      const path = join(folder, 'work.ipynb');
      await writeFile(path, two);
      valueIn(await at.service.open(path));
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      valueIn(await at.service.edit(path, typed('kept = 1')));
      const result = await at.service.save(path);
      const elsewhere = join(at.folder, 'elsewhere.ipynb');
      valueIn(await at.service.saveAs(path, elsewhere));
      expect({ result, disk: await readFile(path, 'utf8') }).toMatchObject({
        result: { ok: false, error: { kind: 'permission', place: { path } } },
        disk: two,
      });
      expect(await readFile(elsewhere, 'utf8')).toContain('kept = 1');
    });
  });
});

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** A small disk of its own, gone afterwards. */
async function onDisk(options: string, work: (folder: string) => Promise<void>): Promise<void> {
  at = desk(never);
  const folder = join(at.folder, 'disk');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  try {
    await work(folder);
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
}

describe('a host that was killed', () => {
  it('finds the edits again, says so, and can drop them', async () => {
    const viewer = await opened();
    valueIn(await at.service.edit(at.path, typed('kept = True')));
    await pause(1000);
    expect(journals()).toHaveLength(1);
    const host = at.anotherHost();
    const after = new Viewer(host, at.path);
    const state = await after.until((it) => it.recovery !== null);
    expect({
      source: state.document.cells[0]?.source,
      save: state.save.status,
      disk: await at.read(),
    }).toEqual({ source: 'kept = True', save: 'unsaved', disk: two });
    valueIn(await host.resolveRecovery(at.path, 'discard'));
    const dropped = await after.until((it) => it.recovery === null);
    valueIn(await host.save(at.path));
    expect({ source: dropped.document.cells[0]?.source, disk: await at.read() }).toEqual({
      source: 'x = 1\n# é',
      disk: two,
    });
    await viewer.close();
    await after.close();
  });

  it('asks when the file was changed meanwhile', async () => {
    const viewer = await opened();
    valueIn(await at.service.edit(at.path, typed('mine = 1')));
    await pause(1000);
    const theirs = two.replace('y = 2', 'y = 3');
    await at.write(theirs);
    const host = at.anotherHost();
    const after = new Viewer(host, at.path);
    const state = await after.until((it) => it.conflict !== null);
    expect({
      source: state.document.cells[0]?.source,
      save: await host.save(at.path),
      disk: await at.read(),
    }).toMatchObject({
      source: 'mine = 1',
      save: { ok: false, error: { kind: 'conflict' } },
      disk: theirs,
    });
    await viewer.close();
    await after.close();
  });
});

describe('a notebook changed on disk by another program', () => {
  const theirs = two.replace('y = 2', 'y = 33');

  async function inConflict(): Promise<Viewer> {
    const viewer = await opened();
    valueIn(await at.service.edit(at.path, typed('mine = 1')));
    await at.write(theirs);
    await viewer.until((it) => it.conflict !== null);
    return viewer;
  }

  it('is shown when nothing is unsaved here', async () => {
    const viewer = await opened();
    await at.write(theirs);
    const state = await viewer.until((it) => it.document.cells[1]?.source === 'y = 33');
    expect({ conflict: state.conflict, save: state.save.status }).toEqual({
      conflict: null,
      save: 'saved',
    });
    await viewer.close();
  });

  it('is never overwritten silently; “keep mine” does it on demand', async () => {
    const viewer = await inConflict();
    const refused = await at.service.save(at.path);
    const before = await at.read();
    valueIn(await at.service.resolveConflict(at.path, 'keep-mine'));
    const state = await viewer.until((it) => it.conflict === null);
    expect({ refused, before, after: await at.read(), save: state.save.status }).toMatchObject({
      refused: { ok: false, error: { kind: 'conflict' } },
      before: theirs,
      after: two.replace('"x = 1\\n",\n    "# é"', '"mine = 1"'),
      save: 'saved',
    });
    await viewer.close();
  });

  it('“take theirs” shows theirs, and undo brings mine back', async () => {
    const viewer = await inConflict();
    valueIn(await at.service.resolveConflict(at.path, 'take-theirs'));
    const taken = await viewer.until((it) => it.document.cells[1]?.source === 'y = 33');
    valueIn(await at.service.undo(at.path));
    const undone = await viewer.until((it) => it.document.cells[0]?.source === 'mine = 1');
    expect({
      theirs: taken.document.cells[0]?.source,
      mine: undone.document.cells[1]?.source,
    }).toEqual({ theirs: 'x = 1\n# é', mine: 'y = 2' });
    await viewer.close();
  });

  it('“save a copy” keeps both', async () => {
    const viewer = await inConflict();
    const { path } = valueIn(await at.service.resolveConflict(at.path, 'save-copy'));
    expect({ path, copy: await readFile(path, 'utf8'), disk: await at.read() }).toMatchObject({
      path: join(at.folder, 'work (mine).ipynb'),
      copy: expect.stringContaining('mine = 1'),
      disk: theirs,
    });
    await viewer.close();
  });

  it('notices a rename over the file, as git and editors do it, and a deletion', async () => {
    const viewer = await opened();
    valueIn(await at.service.edit(at.path, typed('mine = 1')));
    await writeFile(`${at.path}.new`, theirs);
    await rename(`${at.path}.new`, at.path);
    await viewer.until((it) => it.conflict?.kind === 'changed');
    await unlink(at.path);
    await viewer.until((it) => it.conflict?.kind === 'deleted');
    valueIn(await at.service.resolveConflict(at.path, 'keep-mine'));
    expect(await at.read()).toContain('mine = 1');
    await viewer.close();
  });
});

describe('files that are no notebooks', () => {
  it('are refused with a place, and their text can be viewed', async () => {
    at = desk(never);
    await at.write('{"cells": [}');
    const refused = await at.service.open(at.path);
    valueIn(await at.service.openReadOnly(at.path));
    const viewer = new Viewer(at.service, at.path);
    const state = await viewer.until(() => true);
    expect({
      refused,
      rawText: state.document.rawText,
      edit: (await at.service.edit(at.path, typed('x'))).ok,
    }).toMatchObject({
      refused: {
        ok: false,
        error: {
          kind: 'invalid-file',
          message: 'work.ipynb is not JSON: line 1, column 12: expected a value.',
        },
      },
      rawText: '{"cells": [}',
      edit: false,
    });
    valueIn(await at.service.close(at.path));
    await viewer.close();
  });

  it('missing, a folder, or no text: a sentence each', async () => {
    at = desk(never);
    await writeFile(at.path, Buffer.from([0x7b, 0xff, 0xfe]));
    const messages = [];
    for (const path of [join(at.folder, 'no.ipynb'), at.folder, at.path]) {
      const result = await at.service.open(path);
      messages.push(result.ok ? null : [result.error.kind, result.error.message]);
    }
    expect(messages).toEqual([
      ['not-found', `There is no file ${join(at.folder, 'no.ipynb')}.`],
      ['invalid-file', `${at.folder} is a folder, not a notebook.`],
      ['invalid-file', 'work.ipynb is not UTF-8 text, so it is no notebook.'],
    ]);
    await rm(at.path);
  });
});
