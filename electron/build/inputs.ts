/** What a build is told besides its folder: base image, index, certificates, proxy. Secrets go in by files that stay out of the image. */
import { readFile } from 'node:fs/promises';
import { fail } from '../../shared/base/studio-error';
import type { BuildSettings, BuildState, PackageSources } from '../../shared/build';
import { baseImageOf } from './tag';

const CA_FILE = 'slipway-ca-bundle.pem';
const PIP_FILE = 'slipway-pip.conf';
const SHORTEST_SECRET = 4;

export interface BuildInputs {
  readonly baseImage: string;
  readonly buildArguments: Record<string, string>;
  readonly extraFiles: Record<string, string>;
  /** What must not be seen in any log. */
  readonly secrets: readonly string[];
}

export async function buildInputs(state: BuildState, python: string): Promise<BuildInputs> {
  const settings = effective(state);
  const baseImage = baseImageOf(settings, python);
  const { packageIndex, proxy } = settings;
  const isSecret = hasCredentials(packageIndex);
  const certificates = await readCaBundle(settings.caBundle);
  return {
    baseImage,
    buildArguments: {
      BASE_IMAGE: baseImage,
      ...(packageIndex && !isSecret ? { PIP_INDEX_URL: packageIndex } : {}),
      ...proxyArguments(proxy),
    },
    extraFiles: {
      ...(certificates ? { [CA_FILE]: certificates } : {}),
      ...(isSecret ? { [PIP_FILE]: `[global]\nindex-url = ${packageIndex}\n` } : {}),
    },
    secrets: [packageIndex, proxy].flatMap(passwordsOf),
  };
}

/** Engines know these names and keep them out of an image's history. */
function proxyArguments(proxy: string): Record<string, string> {
  if (!proxy) return {};
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
  return Object.fromEntries(names.map((name) => [name, proxy]));
}

function effective({ settings, defaults }: BuildState): BuildSettings {
  return {
    ...settings,
    packageIndex: settings.packageIndex || defaults.packageIndex,
    caBundle: settings.caBundle || defaults.caBundle,
  };
}

const hasCredentials = (url: string): boolean =>
  URL.canParse(url) && (new URL(url).username !== '' || new URL(url).password !== '');

function passwordsOf(url: string): string[] {
  if (!hasCredentials(url)) return [];
  const { username, password } = new URL(url);
  const secret = password || username;
  return [secret, decodeURIComponent(secret)].filter((each) => each.length >= SHORTEST_SECRET);
}

export const redact = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((clean, secret) => clean.replaceAll(secret, '****'), text);

/** An index with a password in its address is not taken from pip's own settings unasked. */
export function withoutCredentials({ packageIndex, caBundle }: PackageSources): PackageSources {
  return { packageIndex: hasCredentials(packageIndex) ? '' : packageIndex, caBundle };
}

/** The certificates to trust inside the build, or nothing. */
async function readCaBundle(path: string): Promise<string> {
  if (!path) return '';
  try {
    return await readFile(path, 'utf8');
  } catch {
    return fail('not-found', `The CA bundle ${path} could not be read.`, {
      place: { path },
      nextSteps: [{ label: 'Open build settings', command: 'build.settings' }],
    });
  }
}
