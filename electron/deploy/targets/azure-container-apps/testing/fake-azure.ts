/**
 * Azure on this machine, by https with a certificate of its own: sign-in, resource manager, registry data and log streams.
 * Bodies are checked against Microsoft's own mappers. What it cannot show stands in docs/decisions/0012.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appHandler,
  environmentHandler,
  type Handler,
  jobHandler,
  registryHandler,
} from './app-handlers';
import { ArmRefusal, ArmState, BASE, GROUP, type Json, SUBSCRIPTION } from './arm-state';
import { problemsOfBody, problemsOfTags } from './mapper-schema';
import { answerRegistry } from './registry-data';

export type Fault = {
  /** "PUT Microsoft.App/containerApps", or "*". */
  readonly call: string;
  readonly times: number;
} & (
  | { readonly kind: 'denied'; readonly action: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** What was asked for is done, and the answer never comes. */
  | { readonly kind: 'lost-answer' }
);

interface Kind {
  readonly type: string;
  readonly handler: Handler;
  /** Of the mapper; null where Microsoft's package has none. */
  readonly model: string | null;
}
const KINDS: readonly Kind[] = [
  { type: 'Microsoft.App/containerApps', handler: appHandler, model: 'ContainerApp' },
  {
    type: 'Microsoft.App/managedEnvironments',
    handler: environmentHandler,
    model: 'ManagedEnvironment',
  },
  { type: 'Microsoft.App/jobs', handler: jobHandler, model: 'Job' },
  { type: 'Microsoft.ContainerRegistry/registries', handler: registryHandler, model: null },
];
const TENANT = '99999999-8888-7777-6666-555555555555';
const LOST = Symbol('lost');

export class FakeAzure {
  readonly state = new ArmState();
  readonly faults: Fault[] = [];
  /** Why nobody gets a token: Microsoft's words. */
  noToken: string | null = null;
  /** Of itself and of whatever its apps answer by. */
  readonly tls: { readonly key: string; readonly cert: string };
  readonly #server: Server;

  constructor() {
    this.tls = makeCertificate();
    this.#server = createServer(
      this.tls,
      (request, response) => void this.#answer(request, response),
    );
  }

  get ca(): string {
    return this.tls.cert;
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.#port();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const { runner } = this.state;
      const work = () => this.#carryOut(request, Buffer.concat(chunks).toString());
      const answer = await (runner ? runner.around(this.state, work) : work());
      if (answer === LOST) response.destroy();
      else send(response, answer);
    } catch (thrown) {
      const { http, code, message, retryAfter } =
        thrown instanceof ArmRefusal
          ? thrown
          : new ArmRefusal(500, 'Internal', `The stand failed: ${thrown}`);
      const headers: Record<string, string> = retryAfter ? { 'retry-after-ms': retryAfter } : {};
      send(response, { status: http, headers, body: { error: { code, message } } });
    }
  }

  async #carryOut(request: IncomingMessage, text: string): Promise<Sent | typeof LOST> {
    const url = new URL(request.url ?? '', `https://${request.headers.host}`);
    const verb = request.method ?? 'GET';
    if (url.pathname.includes('/.well-known/') || url.pathname.endsWith('/oauth2/v2.0/token'))
      return this.#signIn(url.pathname);
    if (url.hostname.endsWith('.azurecr.io'))
      return { status: 200, body: answerRegistry(this.state, verb, url, text) };
    if (!request.headers.authorization?.startsWith('Bearer '))
      throw new ArmRefusal(401, 'AuthenticationFailed', 'The authorization header is missing.');
    if (url.hostname === 'logs.stand.test') return { status: 200, body: this.#logs(url) };
    this.state.tick();
    if (url.pathname.startsWith('/operations/')) return this.#operation(url.pathname);
    if (url.pathname.startsWith('/results/')) return this.#result(url.pathname);
    const body = text === '' ? {} : (JSON.parse(text) as Json);
    return this.#resource(verb, url.pathname, body);
  }

  #signIn(path: string): Sent {
    const base = `https://localhost:${this.#port()}/${TENANT}`;
    if (path.includes('/.well-known/'))
      return {
        status: 200,
        body: {
          token_endpoint: `${base}/oauth2/v2.0/token`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          issuer: `${base}/v2.0`,
          jwks_uri: `${base}/keys`,
        },
      };
    if (this.noToken !== null)
      return {
        status: 401,
        body: {
          error: 'invalid_client',
          error_description: this.noToken,
          error_codes: [Number(/AADSTS(\d+)/.exec(this.noToken)?.[1])],
        },
      };
    const claims = Buffer.from(JSON.stringify({ tid: TENANT, upn: 'ada@example.com' }));
    const token = `e30.${claims.toString('base64url')}.x`;
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token: token } };
  }

  async #resource(verb: string, path: string, body: Json): Promise<Sent | typeof LOST> {
    const subscription = path.split('/')[2];
    if (subscription !== SUBSCRIPTION)
      throw new ArmRefusal(
        404,
        'SubscriptionNotFound',
        `The subscription '${subscription}' could not be found.`,
      );
    if (path.split('/').length === 3) return { status: 200, body: { displayName: 'Demo' } };
    if (path.split('/')[4]?.toLowerCase() !== GROUP)
      throw new ArmRefusal(
        404,
        'ResourceGroupNotFound',
        `Resource group '${path.split('/')[4]}' could not be found.`,
      );
    if (path.split('/').length === 5) return { status: 200, body: { location: 'westeurope' } };
    const below = path.slice(`${BASE}/providers/`.length);
    const kind = KINDS.find(({ type }) => below.startsWith(type));
    if (!kind) throw new ArmRefusal(404, 'InvalidResourceType', `No type in ${below}`);
    return this.#call(kind, verb, below, body);
  }

  async #call(kind: Kind, verb: string, below: string, body: Json): Promise<Sent | typeof LOST> {
    const [name, ...rest] = below.slice(kind.type.length + 1).split('/');
    const fault = this.#nextFault(`${verb} ${kind.type}`);
    if (fault) refuse(fault, below);
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (!name) return { status: 200, body: { value: this.state.list(kind.type) } };
    if (verb === 'PUT' || verb === 'PATCH') check(kind, verb, body);
    const path = `${kind.type}/${name}`;
    const answer = kind.handler(this.state, { verb, path, rest, body });
    if (fault?.kind === 'lost-answer') return LOST;
    if (!('operation' in answer)) return { status: 200, body: answer.body };
    const base = `https://localhost:${this.#port()}`;
    const headers = {
      'azure-asyncoperation': `${base}/operations/${answer.operation}?api-version=1`,
      location: `${base}/results/${answer.operation}?api-version=1`,
    };
    return verb === 'PUT'
      ? { status: 201, headers, body: answer.body }
      : { status: 202, headers, body: undefined };
  }

  #nextFault(call: string): Fault | null {
    const at = this.faults.findIndex((each) => each.call === call || each.call === '*');
    const fault = this.faults[at];
    if (!fault) return null;
    if (fault.times <= 1) this.faults.splice(at, 1);
    else this.faults[at] = { ...fault, times: fault.times - 1 };
    return fault;
  }

  #operation(path: string): Sent {
    const { ended } = this.state.operation(path.split('/').at(-1) ?? '');
    if (!ended) return { status: 200, body: { status: 'InProgress' } };
    const error = ended.error ? { error: { code: 'OperationFailed', message: ended.error } } : {};
    return { status: 200, body: { status: ended.error ? 'Failed' : 'Succeeded', ...error } };
  }

  #result(path: string): Sent {
    const { resource, ended } = this.state.operation(path.split('/').at(-1) ?? '');
    if (!ended) return { status: 202, body: undefined };
    const thing = this.state.things.get(resource);
    return thing ? { status: 200, body: thing } : { status: 204, body: undefined };
  }

  #logs(url: URL): string {
    const lines = this.state.logs.get(url.pathname.slice(1)) ?? [];
    return lines
      .slice(-Number(url.searchParams.get('tailLines') ?? 20))
      .map(({ at, text }) => JSON.stringify({ TimeStamp: new Date(at).toISOString(), Log: text }))
      .join('\n');
  }
}

interface Sent {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function send(response: ServerResponse, { status, headers, body }: Sent): void {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(text);
}

function check({ type, model }: Kind, verb: string, body: Json): void {
  const problems = [
    ...(model ? problemsOfBody(model, body, verb === 'PATCH') : []),
    ...problemsOfTags(body.tags as Readonly<Record<string, string>> | undefined),
  ];
  if (problems.length > 0)
    throw new ArmRefusal(400, 'InvalidRequestContent', `${verb} ${type}: ${problems.join('; ')}`);
}

function refuse(fault: Fault, resource: string): void {
  switch (fault.kind) {
    case 'denied':
      throw new ArmRefusal(
        403,
        'AuthorizationFailed',
        `The client 'ada@example.com' with object id 'x' does not have authorization to perform action '${fault.action}' over scope '${BASE}/providers/${resource}' or the scope is invalid.`,
      );
    case 'refused':
      throw new ArmRefusal(fault.status, fault.code, fault.message);
    case 'throttled':
      throw new ArmRefusal(429, 'TooManyRequests', 'The request is being throttled.', '5');
    case 'expired':
      throw new ArmRefusal(
        401,
        'ExpiredAuthenticationToken',
        'The access token expiry UTC time is earlier than current time.',
      );
    case 'slow':
    case 'lost-answer':
  }
}

function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-azure-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const { status, stderr } = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ]);
    if (status !== 0) throw new Error(`openssl: ${stderr}`);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
