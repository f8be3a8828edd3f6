/** What is open and what was open, the samples and the settings; each kept in a small file of the app's home. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail } from '../../shared/base/studio-error';
import {
  type OpenProject,
  type ProjectState,
  type RecentFile,
  recentFileSchema,
  type Sample,
  type Settings,
  settingsSchema,
} from '../../shared/project';
import { STAGES, type StageStates } from '../../shared/stages';
import { answer } from '../base/answer';
import { readJson, writeJson } from '../base/files';

const RECENT_KEPT = 12;

export interface ProjectNeeds {
  readonly home: string;
  readonly resources: string;
  /** Opens the document; fails with a StudioError where the file is no notebook. */
  readonly openNotebook: (path: string) => Promise<void>;
  readonly closeNotebook: (path: string) => Promise<void>;
  /** Names this start of the app: a host that is started again within it opens what was open. */
  readonly session: string | null;
}

const sessionFile = z.object({ session: z.string(), path: z.string().nullable() });
const sampleFile = z.object({ title: z.string(), description: z.string() });

export class ProjectService {
  readonly state: Store<ProjectState>;
  readonly #needs: ProjectNeeds;

  private constructor(needs: ProjectNeeds, initial: ProjectState) {
    this.#needs = needs;
    this.state = new Store(initial);
  }

  static async load(needs: ProjectNeeds): Promise<ProjectService> {
    const settings = settingsSchema.safeParse(
      (await readJson(join(needs.home, 'settings.json'))) ?? {},
    );
    return new ProjectService(needs, {
      open: null,
      recent: await readRecent(needs.home),
      samples: await readSamples(needs.resources),
      settings: settings.success ? settings.data : settingsSchema.parse({}),
      stages: emptyStages(),
    });
  }

  get settings(): Settings {
    return this.state.value.settings;
  }

  /** After the host died: what was open in this start of the app is opened again. */
  async reopen(): Promise<void> {
    const { home, session } = this.#needs;
    const kept = sessionFile.safeParse(await readJson(join(home, 'session.json')));
    if (session === null || !kept.success || kept.data.session !== session) return;
    if (kept.data.path !== null) await this.open(kept.data.path);
  }

  /** The notebook was saved under another name: that one is open now. */
  async moved(path: string): Promise<void> {
    const { open } = this.state.value;
    if (open) await this.#opened(path);
  }

  open(path: string): Promise<Result<OpenProject>> {
    return answer(async () => {
      const full = resolve(path);
      if (!existsSync(full))
        fail('not-found', `There is no file ${full}.`, { place: { path: full } });
      await this.#needs.openNotebook(full);
      return await this.#opened(full);
    });
  }

  openSample(id: string, parent = defaultSampleFolder()): Promise<Result<OpenProject>> {
    return answer(async () => {
      const known = this.state.value.samples.find((sample) => sample.id === id);
      if (!known) fail('not-found', `There is no sample called “${id}”.`);
      const folder = join(parent, id);
      if (!existsSync(folder)) {
        await mkdir(parent, { recursive: true });
        await cp(join(this.#needs.resources, 'samples', id), folder, { recursive: true });
      }
      const opened = await this.open(join(folder, `${id}.ipynb`));
      if (!opened.ok) fail(opened.error.kind, opened.error.message, opened.error);
      return opened.value;
    });
  }

  close(): Promise<Result<null>> {
    return answer(async () => {
      const { open } = this.state.value;
      if (open) await this.#needs.closeNotebook(open.path);
      this.state.update((state) => ({ ...state, open: null, stages: emptyStages() }));
      await this.#keepSession(null);
      return null;
    });
  }

  forget(path: string): Promise<Result<null>> {
    return answer(async () => {
      this.state.update((state) => ({
        ...state,
        recent: state.recent.filter((file) => file.path !== path),
      }));
      await this.#keepRecent();
      return null;
    });
  }

  setSettings(change: Partial<Settings>): Promise<Result<null>> {
    return answer(async () => {
      const settings = { ...this.settings, ...change };
      await writeJson(join(this.#needs.home, 'settings.json'), settings);
      this.state.update((state) => ({ ...state, settings }));
      return null;
    });
  }

  setStages(stages: StageStates): void {
    this.state.update((state) => ({ ...state, stages }));
  }

  async #opened(path: string): Promise<OpenProject> {
    const open = { path, name: basename(path), folder: dirname(path) };
    const entry = { path, name: open.name, openedAt: Date.now(), exists: true };
    this.state.update((state) => ({ ...state, open, recent: withRecent(state.recent, entry) }));
    await this.#keepRecent();
    await this.#keepSession(path);
    return open;
  }

  async #keepSession(path: string | null): Promise<void> {
    const { home, session } = this.#needs;
    if (session !== null) await writeJson(join(home, 'session.json'), { session, path });
  }

  #keepRecent(): Promise<void> {
    return writeJson(join(this.#needs.home, 'recent.json'), this.state.value.recent);
  }
}

export function defaultSampleFolder(): string {
  return process.env.SLIPWAY_SAMPLES ?? join(homedir(), 'slipway-samples');
}

function emptyStages(): StageStates {
  const nothing = { status: 'nothing' as const, fact: '' };
  return Object.fromEntries(STAGES.map((stage) => [stage, nothing])) as StageStates;
}

function withRecent(recent: readonly RecentFile[], entry: RecentFile): RecentFile[] {
  return [entry, ...recent.filter((file) => file.path !== entry.path)].slice(0, RECENT_KEPT);
}

async function readRecent(home: string): Promise<RecentFile[]> {
  const parsed = z.array(recentFileSchema).safeParse(await readJson(join(home, 'recent.json')));
  if (!parsed.success) return [];
  return parsed.data.map((file) => ({ ...file, exists: existsSync(file.path) }));
}

async function readSamples(resources: string): Promise<Sample[]> {
  const root = join(resources, 'samples');
  if (!existsSync(root)) return [];
  const samples: Sample[] = [];
  for (const id of (await readdir(root)).sort()) {
    const path = join(root, id, 'sample.json');
    if (!existsSync(path)) continue;
    samples.push({ id, ...sampleFile.parse(JSON.parse(await readFile(path, 'utf8'))) });
  }
  return samples;
}
