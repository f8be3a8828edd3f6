/**
 * Closes what was open when this process began and would be handed on to every child of it.
 *
 * Electron's main process holds sockets and pipes without the close-on-exec flag. Node marks the first of them for
 * itself and stops at a gap, so the rest would reach a detached supervisor, and whoever waits for the app's pipes to
 * close would wait for as long as a deployment lives.
 */
import { closeSync, existsSync, readdirSync, readFileSync } from 'node:fs';

const OWN_FOLDER = '/proc/self/fd';
/** O_CLOEXEC as /proc/self/fdinfo shows it. */
const CLOSE_ON_EXEC = 0o2000000;
const LAST_STANDARD = 2;

/** For a plain Node process as its first act; elsewhere than on Linux there is nothing to ask, and nothing is done. */
export function closeInheritedDescriptors(): void {
  if (!existsSync(OWN_FOLDER)) return;
  const descriptors = readdirSync(OWN_FOLDER).map(Number);
  for (const descriptor of descriptors) {
    if (descriptor > LAST_STANDARD && isHandedOn(descriptor)) closeSync(descriptor);
  }
}

function isHandedOn(descriptor: number): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    const flags = Number.parseInt(/^flags:\s+([0-7]+)/m.exec(info)?.[1] ?? '', 8);
    return (flags & CLOSE_ON_EXEC) === 0;
  } catch {
    // The descriptor of the listing itself: it is closed by now.
    return false;
  }
}
