/** What the keeper of a schedule wrote in its container: the next run and those that were. */
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { z } from 'zod';
import { type JobRun, jobRunSchema } from '../../../../shared/deploy';
import { RUN_FOLDER } from './container-spec';

const scheduleFile = z.object({
  nextRunAt: z.number().nullable(),
  runs: z.array(jobRunSchema.omit({ revision: true })),
});

/** Null before its first line, and where it cannot be read. */
export async function readSchedule(container: Docker.Container, revision: number) {
  const content = await readFileOf(container, `${RUN_FOLDER}/schedule.json`);
  if (content === null) return null;
  const read = scheduleFile.safeParse(JSON.parse(content));
  if (!read.success) return null;
  const runs: JobRun[] = read.data.runs.map((run) => ({ ...run, revision }));
  return { nextRunAt: read.data.nextRunAt, runs };
}

/** Null where there is none. */
async function readFileOf(container: Docker.Container, path: string): Promise<string | null> {
  const archive = await container.getArchive({ path }).catch(() => null);
  if (!archive) return null;
  const extract = tar.extract();
  archive.pipe(extract as unknown as NodeJS.WritableStream);
  for await (const entry of extract) return text(entry);
  return null;
}
