/** What a requirements.lock pins. */
export function lockedVersions(lock: string): { name: string; version: string }[] {
  const found = lock.matchAll(/^([a-z0-9][\w.-]*)==([^\s;\\]+)/gm);
  return [...found].map(([, name = '', version = '']) => ({ name, version }));
}
