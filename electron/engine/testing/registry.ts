/** A real image registry (Debian's docker-registry) on loopback: open, with name and password, or with bearer tokens. */
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import {
  answersHttp,
  dropFolder,
  freePort,
  missingPrograms,
  must,
  RunningProgram,
  type Stand,
  standFolder,
} from './stand';

export interface RegistryOptions {
  readonly auth?: 'none' | 'basic' | 'bearer';
  /** With TLS by a CA that nobody trusts; then it is not on loopback, where engines ask for no certificate. */
  readonly tls?: boolean;
  /** With bearer tokens: anybody may read. */
  readonly isPublic?: boolean;
  /** With basic auth: whom it takes beside REGISTRY_USER. */
  readonly guests?: readonly { readonly username: string; readonly password: string }[];
}

export interface Registry extends Stand {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  /** DOCKER_CONFIG: a folder where docker is signed in. Its CLI and ours read it. */
  readonly dockerConfig: string;
  /** DOCKER_CONFIG of somebody who is not. */
  readonly signedOut: string;
  readonly log: () => string;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  /** Bytes of all that the registry keeps. */
  readonly folder: string;
}

export const REGISTRY_USER = 'slipway';
export const REGISTRY_PASSWORD = 'planted-registry-secret';
const OWN_SIGN_IN = { username: REGISTRY_USER, password: REGISTRY_PASSWORD };
/** The user names that the clouds' registries give with their tokens; the token server takes them like our own. */
const CLOUD_USERS = ['AWS', 'oauth2accesstoken', '00000000-0000-0000-0000-000000000000'];
/** May read but not write. */
export const REGISTRY_READER = 'reader';

export const whyNoRegistry = (): string | null =>
  missingPrograms('docker-registry', 'htpasswd', 'openssl');

/** A port that was free may be another program's a moment later: then with the next one. */
export async function startRegistry(options: RegistryOptions = {}, tries = 3): Promise<Registry> {
  try {
    return await startOn(await freePort(), options);
  } catch (thrown) {
    if (tries === 1 || !/address already in use/.test(String(thrown))) throw thrown;
    return startRegistry(options, tries - 1);
  }
}

async function startOn(port: number, options: RegistryOptions): Promise<Registry> {
  const folder = standFolder('registry');
  const address = options.tls ? outerAddress() : '127.0.0.1';
  const host = `${address}:${port}`;
  const tokens = options.auth === 'bearer' ? await startTokenServer(folder, options) : null;
  writeFileSync(join(folder, 'config.yml'), configuration(folder, host, options, tokens?.url));
  let program = await run(folder, host, options).catch(async (thrown) => {
    await tokens?.stop();
    dropFolder(folder);
    throw thrown;
  });
  for (const name of ['signed-in', 'signed-out']) mkdirSync(join(folder, name));
  const { username, password } = OWN_SIGN_IN;
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const signedIn = { auths: { [host]: { auth } } };
  writeFileSync(join(folder, 'signed-in', 'config.json'), JSON.stringify(signedIn));
  writeFileSync(join(folder, 'signed-out', 'config.json'), '{}');
  return {
    host,
    username,
    password,
    dockerConfig: join(folder, 'signed-in'),
    signedOut: join(folder, 'signed-out'),
    folder,
    log: () => program.log,
    pause: () => program.stop('SIGKILL'),
    resume: async () => {
      program = await run(folder, host, options);
    },
    stop: async () => {
      await program.stop();
      await tokens?.stop();
      dropFolder(folder);
    },
  };
}

async function run(folder: string, host: string, { tls }: RegistryOptions) {
  const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' };
  const program = new RunningProgram(
    'docker-registry',
    ['serve', join(folder, 'config.yml')],
    folder,
    env,
  );
  // What answers there may be another's: its own word first. A certificate of nobody's CA is not asked further.
  const isListening = () => /listening on/.test(program.log);
  await program.until(async () => isListening() && (tls || answersHttp(`http://${host}/v2/`)));
  return program;
}

/** An address of this machine that is not loopback, or loopback where it has no other. */
export function outerAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

function configuration(folder: string, host: string, options: RegistryOptions, realm?: string) {
  const lines = [
    'version: 0.1',
    'log: { level: info, accesslog: { disabled: false } }',
    `storage: { filesystem: { rootdirectory: ${join(folder, 'data')} }, delete: { enabled: true } }`,
    'http:',
    `  addr: ${host}`,
    '  secret: not-a-secret',
  ];
  if (options.tls) {
    selfSigned(folder, 'tls', `IP:${host.split(':')[0]}`);
    lines.push(
      `  tls: { certificate: ${join(folder, 'tls.pem')}, key: ${join(folder, 'tls-key.pem')} }`,
    );
  }
  if (options.auth === 'basic') {
    const users = [OWN_SIGN_IN, ...(options.guests ?? [])]
      .map(({ username, password }) => must('htpasswd', ['-Bbn', username, password]).trim())
      .join('\n');
    writeFileSync(join(folder, 'htpasswd'), users);
    lines.push(`auth: { htpasswd: { realm: slipway, path: ${join(folder, 'htpasswd')} } }`);
  }
  if (realm) {
    const bundle = join(folder, 'tokens.pem');
    lines.push(
      `auth: { token: { realm: "${realm}", service: slipway-registry, issuer: slipway-tokens, rootcertbundle: ${bundle} } }`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function selfSigned(folder: string, name: string, subject: string): void {
  must(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subject}`],
      ...['-keyout', `${name}-key.pem`, '-out', `${name}.pem`],
    ],
    { cwd: folder },
  );
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Hands out what a registry of the token kind asks for: a JWT, signed, with the rights of that user. */
async function startTokenServer(
  folder: string,
  { isPublic = false }: RegistryOptions,
): Promise<Stand & { readonly url: string }> {
  selfSigned(folder, 'tokens', 'DNS:slipway-tokens');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const user = userOf(request.headers.authorization);
    if (user === null) {
      response.writeHead(401).end(JSON.stringify({ details: 'incorrect username or password' }));
      return;
    }
    const access = url.searchParams
      .getAll('scope')
      .flatMap((scope) => granted(scope, user, isPublic));
    const token = makeToken(folder, user, url.searchParams.get('service') ?? '', access);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ token, access_token: token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/token`, stop: () => close(server) };
}

/** Null for a wrong password; empty text for nobody, who may do nothing. */
function userOf(header: string | undefined): string | null {
  if (!header) return '';
  const [user = '', password] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  const isKnown = [REGISTRY_USER, REGISTRY_READER, ...CLOUD_USERS].includes(user);
  return isKnown && password === REGISTRY_PASSWORD ? user : null;
}

function granted(scope: string, user: string, isPublic: boolean): Access[] {
  const [type = '', ...middle] = scope.split(':');
  const actions = (middle.pop() ?? '').split(',');
  if (user === '' && !isPublic) return [];
  const allowed =
    user === REGISTRY_READER || user === '' ? actions.filter((one) => one === 'pull') : actions;
  return [{ type, name: middle.join(':'), actions: allowed }];
}

function makeToken(folder: string, subject: string, audience: string, access: Access[]): string {
  const certificate = readFileSync(join(folder, 'tokens.pem'), 'utf8');
  const key = createPrivateKey(readFileSync(join(folder, 'tokens-key.pem')));
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = {
    typ: 'JWT',
    alg: 'ES256',
    x5c: [certificate.replace(/-----[^-]+-----|\s/g, '')],
  };
  const claims = {
    ...{ iss: 'slipway-tokens', sub: subject, aud: audience, access, jti: randomUUID() },
    ...{ iat: now, nbf: now - 10, exp: now + 300 },
  };
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
