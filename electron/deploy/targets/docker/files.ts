/** One small file of a container, running or not. */
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import tar from 'tar-stream';

/** Null where there is none. */
export async function readFileOf(
  container: Docker.Container,
  path: string,
): Promise<string | null> {
  const archive = await container.getArchive({ path }).catch(() => null);
  if (!archive) return null;
  const extract = tar.extract();
  archive.pipe(extract as unknown as NodeJS.WritableStream);
  for await (const entry of extract) return text(entry);
  return null;
}
