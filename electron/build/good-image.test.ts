/** What is called good has been tried, whatever ends the app meanwhile; what is left behind is found again and goes. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildSettings, familiarName } from '../../shared/build';
import { type ConnectedEngine, connectEngine } from '../engine';
import { TaskRunner } from '../task';
import { untried } from './good-image';
import { BuildService, DeployImages } from './index';
import {
  CHECK,
  CHECK_BY,
  markWork,
  pushingName,
  removeLeftovers,
  type WorkMark,
} from './leftovers';

const baseImage = process.env.SLIPWAY_TEST_BASE_IMAGE ?? '';
const hasEngine = process.env.SLIPWAY_TEST_DOCKER === '1';

describe.skipIf(!hasEngine)('a good image (skipped: no engine could be started here)', () => {
  let folder: string;
  let engine: ConnectedEngine;
  const docker = (): Docker => engine.docker;
  const made = () => ({
    ...{ folder, name: 'slipway_good', hash: folder.slice(-6).padEnd(64, 'e') },
    ...{ python: '3.11', hasService: false },
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-good-'));
    engine = await connectEngine();
  });
  afterEach(async () => {
    for (const name of await names()) await docker().getImage(name).remove();
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function images(change: Partial<BuildSettings> = {}) {
    const settings = {
      ...{ baseImage, packageIndex: '', caBundle: '', proxy: '', platform: '' },
      ...{ engine: '', engineCertificates: '', pushTo: '', isImageChecked: true, ...change },
    };
    const build = new BuildService({
      tasks: new TaskRunner(),
      currentPackage: made,
      readSettings: () => settings,
      sources: async () => ({ packageIndex: '', caBundle: '' }),
      writeSettings: async () => undefined,
    });
    return {
      build,
      forDeploys: new DeployImages(
        () => build.state.value,
        () => build.askSources(),
      ),
    };
  }

  /** The job of the package does this. */
  const job = (command: string) => {
    writeFileSync(join(folder, 'hello.txt'), randomUUID());
    const lines = ['ARG BASE_IMAGE', 'FROM $BASE_IMAGE', 'COPY hello.txt /', `CMD ${command}`];
    writeFileSync(join(folder, 'Dockerfile'), lines.join('\n'));
  };

  async function ensure(forDeploys: DeployImages, onProgress: (what: string) => unknown = () => 0) {
    const started = new TaskRunner().run(
      { stage: 'deploy', label: 'x', outcome: () => 'x' },
      async (task) => {
        const seen: unknown[] = [];
        const progress = (_: unknown, what: string) => void seen.push(onProgress(what));
        await forDeploys.ensure(made(), engine, { ...task, progress } as typeof task);
        await Promise.all(seen);
      },
    );
    return started.result;
  }

  const names = async () =>
    (await docker().listImages())
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .map(familiarName)
      .filter((name) => name.startsWith('slipway-good:'))
      .sort();

  it('has its name only once it was tried, for a deployment and in the Build view', async () => {
    const { build, forDeploys } = images();
    const tag = forDeploys.nameOf(made());
    job('["sleep", "1"]');
    const during: string[][] = [];
    const look = async (what: string) => {
      if (/^Running the pipeline/.test(what)) during.push(await names());
    };
    expect(await ensure(forDeploys, look)).toMatchObject({ ok: true });
    expect({ during, after: await names() }).toEqual({ during: [[untried(tag)]], after: [tag] });

    await docker().getImage(tag).remove();
    build.state.subscribe(({ activity }) => {
      if (activity === 'checking') void names().then((seen) => during.push(seen));
    });
    const started = await build.build();
    if (!started.ok) throw new Error(started.error.message);
    expect(await started.value.result).toMatchObject({ value: { tag } });
    expect({ during: during[1], after: await names() }).toEqual({
      during: [untried(tag)],
      after: [tag],
    });
  });

  it('is built and tried again where an app was killed while it tried it', async () => {
    const { forDeploys } = images();
    job('["sh", "-c", "exit 3"]');
    await docker()
      .getImage(baseImage)
      .tag({ repo: 'slipway-good', tag: untried(forDeploys.nameOf(made())).split(':')[1] });
    expect(await ensure(forDeploys)).toMatchObject({
      error: { message: expect.stringContaining('the pipeline in it failed') },
    });
    expect(await names()).toEqual([]);
  });

  it('is another one on another base, and the one before stays', async () => {
    job('["true"]');
    const before = images({ isImageChecked: false }).forDeploys;
    const other = `${baseImage.replace(/:[^:/]*$/, '')}:slipway-good-base`;
    const [repo = '', tag = ''] = other.split(':');
    await docker().getImage(baseImage).tag({ repo, tag });
    try {
      const after = images({ isImageChecked: false, baseImage: other }).forDeploys;
      await ensure(before);
      await ensure(after);
      expect(await names()).toEqual([before.nameOf(made()), after.nameOf(made())].sort());
    } finally {
      await docker().getImage(other).remove();
    }
  });

  describe('what an app left that was killed', () => {
    const deadPid = spawnSync('true').pid;
    const dead = (mark: WorkMark) => mark.text.replace(`.${process.pid}.`, `.${deadPid}.`);
    const target = 'registry.example.com/team/slipway-good:1';

    async function pushing(mark: string) {
      const image = docker().getImage(baseImage);
      await image.tag({ repo: target.replace(/:1$/, ''), tag: '1' });
      await image.tag(pushingName({ text: mark, release: () => undefined }, target));
      return docker().createContainer({
        ...{ Image: baseImage, Cmd: ['true'] },
        Labels: { [CHECK]: 'true', [CHECK_BY]: mark },
      });
    }
    const left = async () => {
      const info = await docker().getImage(baseImage).inspect();
      return info.RepoTags.filter((name) => /slipway-(good|pushing)[:/]/.test(name)).length;
    };
    const isThere = (container: Docker.Container) =>
      container.inspect().then(
        () => true,
        () => false,
      );

    it('goes: the name it was pushing by, and the container it was trying', async () => {
      const container = await pushing(dead(markWork()));
      await removeLeftovers(docker());
      expect([await left(), await isThere(container)]).toEqual([0, false]);
    });

    it('stays as long as somebody works with it', async () => {
      const mark = markWork();
      const container = await pushing(mark.text);
      await removeLeftovers(docker());
      const during = [await left(), await isThere(container)];
      mark.release();
      await removeLeftovers(docker());
      expect([during, [await left(), await isThere(container)]]).toEqual([
        [2, true],
        [0, false],
      ]);
    });
  });
});
