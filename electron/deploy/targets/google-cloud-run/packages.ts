/** Google's packages, loaded when they are needed. They are CommonJS: bundled, all that they export lies in `default`. */
const exportsOf = <T extends object>(loaded: T & { readonly default?: unknown }): T =>
  (loaded.default ?? loaded) as T;

export const authLibrary = async () => exportsOf(await import('google-auth-library'));

export async function clientLibraries() {
  const [run, registry, scheduler] = await Promise.all([
    import('@google-cloud/run'),
    import('@google-cloud/artifact-registry'),
    import('@google-cloud/scheduler'),
  ]);
  return {
    run: exportsOf(run),
    registry: exportsOf(registry),
    scheduler: exportsOf(scheduler),
  };
}
