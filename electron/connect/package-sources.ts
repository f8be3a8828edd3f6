/** Where packages come from: what the user has told pip or uv already, and the app's settings on top. */
import { existsSync } from 'node:fs';
import { runProcess } from '../base/process';

export interface PackageSources {
  /** The app's own settings; empty text means nothing was set. */
  readonly packageIndex: string;
  readonly caBundle: string;
}

/**
 * The environment variables uv needs to see what pip sees: index, extra indexes, wheel folders, certificates.
 * `pipConfig` is the text of `pip config list`.
 */
export function uvEnvironment(
  env: NodeJS.ProcessEnv,
  pipConfig: string,
  settings: PackageSources,
): NodeJS.ProcessEnv {
  const pip = parsePipConfig(pipConfig);
  const index = settings.packageIndex || env.UV_DEFAULT_INDEX || env.UV_INDEX_URL;
  const defaultIndex = index || env.PIP_INDEX_URL || pip['index-url'];
  const extra = env.UV_INDEX || env.PIP_EXTRA_INDEX_URL || pip['extra-index-url'];
  const wheels = env.UV_FIND_LINKS || env.PIP_FIND_LINKS || pip['find-links'];
  const certificates =
    settings.caBundle || env.SSL_CERT_FILE || env.PIP_CERT || pip.cert || env.REQUESTS_CA_BUNDLE;
  return {
    ...env,
    ...(defaultIndex ? { UV_DEFAULT_INDEX: defaultIndex } : {}),
    ...(extra ? { UV_INDEX: extra } : {}),
    // uv separates folders by commas, pip by spaces.
    ...(wheels ? { UV_FIND_LINKS: wheels.split(/[\s,]+/).join(',') } : {}),
    ...(certificates && existsSync(certificates) ? { SSL_CERT_FILE: certificates } : {}),
    UV_NO_PROGRESS: '1',
    // A Python fetched behind the user's back is a surprise; one that is missing is said to be missing.
    UV_PYTHON_DOWNLOADS: 'never',
    // An activated environment must not become the target.
    VIRTUAL_ENV: undefined,
    CONDA_PREFIX: undefined,
  };
}

/** `global.index-url='https://…'` line by line; what `install` sets wins over `global`, as in pip. */
export function parsePipConfig(text: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const section of ['global', 'install']) {
    for (const match of text.matchAll(/^([\w:.-]+?)\.([\w-]+)='(.*)'$/gm)) {
      const [, where, key, value] = match;
      if (where === section && key && value !== undefined) {
        settings[key] = value.replaceAll('\\n', ' ').trim();
      }
    }
  }
  return settings;
}

export async function readPipConfig(python: string, signal?: AbortSignal): Promise<string> {
  const { code, stdout } = await runProcess(python, ['-m', 'pip', 'config', 'list'], { signal });
  return code === 0 ? stdout : '';
}
