/** A display to open windows on: the person's own, or a virtual one for the length of a run. */
import { spawn } from 'node:child_process';

const WAIT_MS = 10_000;

export function hasDisplay(env = process.env) {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Calls `body` with the environment to start windows in; a virtual display ends with it. */
export async function withDisplay(body) {
  if (hasDisplay()) return body({ ...process.env });
  const screen = await startVirtualDisplay();
  try {
    return await body({ ...process.env, DISPLAY: screen.name });
  } finally {
    screen.end();
  }
}

/** Xvfb picks a free number itself and says which on descriptor 3. */
function startVirtualDisplay() {
  return new Promise((resolve, reject) => {
    const args = ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'];
    const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const fail = (why) => reject(new Error(`The virtual display (Xvfb) did not start: ${why}`));
    const timer = setTimeout(() => {
      child.kill();
      fail(`no answer in ${WAIT_MS} ms`);
    }, WAIT_MS);
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => fail(`exit ${code}`));
    child.stdio[3].on('data', (data) => {
      clearTimeout(timer);
      resolve({ name: `:${String(data).trim()}`, end: () => child.kill() });
    });
  });
}
