/** Images for the stand: real ones, pushed blob by blob to the real registry. What a container does stands in a label. */
import { createHash } from 'node:crypto';
import type { DeployablePackage, ImageMaker, RegistrySignIn } from '../../target';

/** What the stand plays when a container of the image is started. */
export interface Behaviour {
  /** It ends with that code; null runs on. */
  readonly exitCode: number | null;
  readonly log: readonly string[];
  /** It runs and its health check fails. */
  readonly isUnhealthy?: boolean;
  readonly isTooLarge?: boolean;
}

const LABEL = 'dev.slipway.stand';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** An empty tar: two blocks of nothing. */
const LAYER = Buffer.alloc(1024);

const auth = ({ username, password }: RegistrySignIn) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

export async function pushImage(
  reference: string,
  behaviour: Behaviour,
  signIn: RegistrySignIn,
): Promise<string> {
  const { base, tag } = addressOf(reference);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      // The reference too: two tags of one manifest would be deleted together.
      config: { Labels: { [LABEL]: JSON.stringify(behaviour), reference } },
      rootfs: { type: 'layers', diff_ids: [digestOf(LAYER)] },
    }),
  );
  for (const blob of [LAYER, config]) await pushBlob(base, blob, signIn);
  const part = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    size: bytes.length,
    digest: digestOf(bytes),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: part('application/vnd.docker.container.image.v1+json', config),
      layers: [part('application/vnd.docker.image.rootfs.diff.tar', LAYER)],
    }),
  );
  const headers = { ...auth(signIn), 'content-type': MANIFEST };
  await good(await fetch(`${base}/manifests/${tag}`, { method: 'PUT', headers, body: manifest }));
  return digestOf(manifest);
}

async function pushBlob(base: string, bytes: Buffer, signIn: RegistrySignIn): Promise<void> {
  const begun = await good(
    await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers: auth(signIn) }),
  );
  const to = new URL(begun.headers.get('location') ?? '', base);
  to.searchParams.set('digest', digestOf(bytes));
  const headers = { ...auth(signIn), 'content-type': 'application/octet-stream' };
  await good(await fetch(to, { method: 'PUT', headers, body: new Uint8Array(bytes) }));
}

/** Null where there is no such image. */
export async function readBehaviour(
  reference: string,
  signIn: RegistrySignIn,
): Promise<Behaviour | null> {
  const { base, tag } = addressOf(reference);
  const headers = { ...auth(signIn), accept: MANIFEST };
  const answer = await fetch(`${base}/manifests/${tag}`, { headers });
  if (!answer.ok) return null;
  const manifest = (await answer.json()) as { config: { digest: string } };
  const blob = await good(
    await fetch(`${base}/blobs/${manifest.config.digest}`, { headers: auth(signIn) }),
  );
  const config = (await blob.json()) as { config: { Labels?: Record<string, string> } };
  const text = config.config.Labels?.[LABEL];
  return text === undefined ? { exitCode: null, log: [] } : (JSON.parse(text) as Behaviour);
}

export async function listTags(
  registry: string,
  repository: string,
  signIn: RegistrySignIn,
): Promise<string[]> {
  const answer = await fetch(`http://${registry}/v2/${repository}/tags/list`, {
    headers: auth(signIn),
  });
  if (!answer.ok) return [];
  const { tags } = (await answer.json()) as { tags: string[] | null };
  return tags ?? [];
}

export async function deleteTag(reference: string, signIn: RegistrySignIn): Promise<void> {
  const { base, tag } = addressOf(reference);
  const headers = { ...auth(signIn), accept: MANIFEST };
  const head = await fetch(`${base}/manifests/${tag}`, { method: 'HEAD', headers });
  const digest = head.headers.get('docker-content-digest');
  if (digest)
    await fetch(`${base}/manifests/${digest}`, { method: 'DELETE', headers: auth(signIn) });
}

function addressOf(reference: string): { base: string; tag: string } {
  const [host = '', ...rest] = reference.split('/');
  const path = rest.join('/');
  const at = path.lastIndexOf(':');
  return { base: `http://${host}/v2/${path.slice(0, at)}`, tag: path.slice(at + 1) };
}

async function good(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
}

/** Instead of a build: the package's folder says how its container behaves. */
export function standImages(behaviours: ReadonlyMap<string, Behaviour>): ImageMaker {
  return {
    nameOf: ({ name, hash }) => `${name}:${hash}`,
    platform: async () => 'linux/amd64',
    ensure: async () => undefined,
    push: async (made: DeployablePackage, reference, _, signIn) => {
      const behaviour = behaviours.get(made.hash) ?? { exitCode: null, log: [] };
      if (!signIn) throw new Error('pushed to ECR without its sign-in');
      return pushImage(reference, behaviour, signIn);
    },
  };
}
