/** For tests: a notebook out of cell texts, and the package stage on it as the app has it. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CellId, EnvironmentId } from '../../shared/base/ids';
import {
  analyseCells,
  type CellSource,
  NO_CHOICES,
  type Recording,
  suggestPipeline,
} from '../../shared/pipeline';
import { withRunFiles } from '../pipeline';
import { PackageService, type PackageSource } from './index';
import { RESOURCES, type TestStudio } from './test-environment';

/** Texts that begin with `#` and a blank are headings; each begins a step. `#p` begins a cell of parameters, `#raises` one from which an error is expected. */
export function sourceOf(folder: string, name: string, texts: readonly string[]): PackageSource {
  const path = join(folder, name, `${name}.ipynb`);
  const written: CellSource[] = texts.map((source, index) => ({
    id: CellId(`${name}-${index}`),
    type: /^# \w/.test(source) && !source.includes('\n') ? 'markdown' : 'code',
    source,
    tags: tagsOf(source),
  }));
  const cells = withRunFiles(path, written);
  const facts = analyseCells(cells);
  const pipeline = suggestPipeline(cells, facts, NO_CHOICES);
  return { path, cells, facts, pipeline };
}

function tagsOf(source: string): string[] {
  if (source.startsWith('#p\n')) return ['parameters'];
  return source.startsWith('#raises\n') ? ['raises-exception'] : [];
}

export async function serviceFor(
  studio: TestStudio,
  source: PackageSource,
  recorded: (recording: Recording) => void = () => undefined,
): Promise<PackageService> {
  await mkdir(dirname(source.path), { recursive: true });
  const service = new PackageService({
    home: studio.home,
    resources: RESOURCES,
    tasks: studio.tasks,
    source: async () => source,
    environment: async () => ({ id: EnvironmentId(studio.python), python: studio.python }),
    uv: async (task) => ({
      path: await studio.connect.uvPath(task),
      env: await studio.connect.uvEnvironment(task.signal),
    }),
    recorded: async (_path, recording) => recorded(recording),
    startFreshSession: (id, at, signal) => studio.connect.startFreshSession(id, at, signal),
  });
  await service.open(source.path);
  return service;
}
