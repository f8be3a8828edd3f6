/** Asks inside a running container. */
import type Docker from 'dockerode';

export async function execSucceeds(
  container: Docker.Container,
  command: string[],
): Promise<boolean> {
  try {
    const exec = await container.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    stream.resume();
    await new Promise((resolve) => stream.once('end', resolve).once('close', resolve));
    return (await exec.inspect()).ExitCode === 0;
  } catch {
    // It is not up far enough to be asked, or just ended: what it is shows in its state.
    return false;
  }
}
