/** For tests that work with the engine that was started for them. */
import Docker from 'dockerode';

export const testEngine = (): Docker =>
  new Docker({ socketPath: (process.env.DOCKER_HOST ?? '').replace('unix://', '') || undefined });

export interface ProgressLine {
  readonly error?: string;
  readonly aux?: { readonly Digest?: string };
}

/** All that a build, push or pull told. What went wrong in it is thrown. */
export async function finished(
  docker: Docker,
  stream: NodeJS.ReadableStream,
): Promise<ProgressLine[]> {
  const lines = await new Promise<ProgressLine[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, all) => (error ? reject(error) : resolve(all)));
  });
  const failed = lines.find(({ error }) => error)?.error;
  if (failed) throw new Error(failed);
  return lines;
}
