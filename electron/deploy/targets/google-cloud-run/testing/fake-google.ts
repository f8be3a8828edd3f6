/**
 * Google Cloud on this machine: every request is checked against the schema in Google's own packages before the state
 * is asked. What it cannot show stands in docs/decisions/0012-cloud-stands-google-azure.md.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, GoogleRefusal, notFound, refusalOf } from './faults';
import { GoogleState } from './google-state';
import { REGISTRY_HANDLERS, SCHEDULER_HANDLERS } from './other-handlers';
import { ProtoSchema, type Route } from './proto-schema';
import { type Handler, RUN_HANDLERS } from './run-handlers';
import { ACCESS_TOKEN } from './runner';

interface Api {
  readonly schema: ProtoSchema;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** The scheduler and Cloud Run both have jobs: told by the version in the path. */
  readonly start: string;
}
type Json = Readonly<Record<string, unknown>>;

export const PROJECT = 'demo-project';
const ACCOUNT = 'ada@example.com';

export class FakeGoogle {
  readonly state = new GoogleState();
  readonly faults: Fault[] = [];
  readonly calls: string[] = [];
  /** Why nobody gets a token: Google's words. */
  noToken: string | null = null;
  readonly #apis: readonly Api[];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor() {
    const run = new ProtoSchema('@google-cloud/run', 'google.cloud.run.v2');
    const registry = new ProtoSchema(
      '@google-cloud/artifact-registry',
      'google.devtools.artifactregistry.v1.',
    );
    const scheduler = new ProtoSchema('@google-cloud/scheduler', 'google.cloud.scheduler.v1.');
    this.#apis = [
      { schema: run, handlers: RUN_HANDLERS, start: '/v2/' },
      { schema: registry, handlers: REGISTRY_HANDLERS, start: '/v1/' },
      { schema: scheduler, handlers: SCHEDULER_HANDLERS, start: '/v1/' },
    ];
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.state.address = `http://127.0.0.1:${port}/service`;
    return port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    try {
      const { runner } = this.state;
      if (runner && request.url?.startsWith('/service/'))
        return await runner.serve(this.state, request, text, response);
      const work = () => this.#carryOut(request, text);
      const answer = await (runner ? runner.around(this.state, work) : work());
      if (answer === LOST) response.destroy();
      else send(response, 200, answer);
    } catch (thrown) {
      const refusal =
        thrown instanceof GoogleRefusal
          ? thrown
          : new GoogleRefusal(500, 'INTERNAL', `The stand failed: ${thrown}`);
      send(response, refusal.http, refusal.body());
    }
  }

  async #carryOut(request: IncomingMessage, text: string): Promise<unknown> {
    const url = new URL(request.url ?? '', 'http://stand');
    const path = decodeURIComponent(url.pathname);
    if (path === '/token') return this.#token();
    if (!request.headers.authorization?.startsWith('Bearer '))
      throw new GoogleRefusal(401, 'UNAUTHENTICATED', 'Request is missing a credential.');
    if (path === '/tokeninfo') return { email: ACCOUNT };
    if (path.startsWith('/v3/projects/')) return this.#project(path.slice('/v3/projects/'.length));
    const secret = /^\/v1\/projects\/[^/]+\/secrets\/(.+)$/.exec(path)?.[1];
    if (secret) return this.#secret(secret);
    // A service of the stand tells what came to it.
    if (path.startsWith('/service/')) return { path, authorization: request.headers.authorization };
    this.state.tick();
    if (path === '/v2/entries:list') return this.#entries(JSON.parse(text) as Json);
    if (/^\/v\d\/.*\/operations\/[^/]+$/.test(path)) return this.#operation(path.slice(4));
    const found = this.#routeOf(request.method ?? '', path);
    if (!found) throw new GoogleRefusal(404, 'NOT_FOUND', `No route ${request.method} ${path}`);
    const { api, route, fields } = found;
    for (const [key, value] of url.searchParams) if (!key.startsWith('$')) fields[key] = value;
    return this.#call(api, route, fields, text === '' ? {} : (JSON.parse(text) as Json));
  }

  #routeOf(verb: string, path: string) {
    for (const api of this.#apis) {
      if (!path.startsWith(api.start)) continue;
      for (const route of api.schema.routes) {
        const hit = route.verb === verb ? route.pattern.exec(path) : null;
        if (!hit) continue;
        const fields: Record<string, string> = {};
        for (const [at, name] of route.variables.entries()) fields[name] = hit[at + 1] ?? '';
        return { api, route, fields };
      }
    }
    return null;
  }

  async #call(
    api: Api,
    route: Route,
    fields: Record<string, string>,
    body: Json,
  ): Promise<unknown> {
    this.calls.push(route.method);
    const problems = [
      ...api.schema.problemsOfRequest(route, fields, body),
      ...(fields.updateMask ? api.schema.problemsOfMask(route, fields.updateMask) : []),
    ];
    if (problems.length > 0)
      throw new GoogleRefusal(400, 'INVALID_ARGUMENT', `${route.method}: ${problems.join('; ')}`);
    const handler = api.handlers[route.method];
    if (!handler) throw new GoogleRefusal(501, 'UNIMPLEMENTED', `${route.method} is not here.`);
    const fault = this.#nextFault(route.method);
    const refusal = fault && refusalOf(fault, fields.parent ?? fields.name ?? '');
    if (refusal) throw refusal;
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    // The path of a route is relative to its API; a body may name the thing again.
    const answer = handler(this.state, { fields, body });
    return fault?.kind === 'lost-answer' ? LOST : answer;
  }

  #nextFault(method: string): Fault | null {
    const at = this.faults.findIndex((each) => each.method === method || each.method === '*');
    const fault = this.faults[at];
    if (!fault) return null;
    if (fault.times <= 1) this.faults.splice(at, 1);
    else this.faults[at] = { ...fault, times: fault.times - 1 };
    return fault;
  }

  #operation(name: string): unknown {
    this.calls.push('GetOperation');
    const fault = this.#nextFault('GetOperation');
    const refusal = fault && refusalOf(fault, name);
    if (refusal) throw refusal;
    return this.state.operation(name);
  }

  #token(): unknown {
    if (this.noToken !== null) throw new GoogleRefusal(400, 'invalid_grant', this.noToken);
    return {
      access_token: ACCESS_TOKEN,
      expires_in: 3600,
      token_type: 'Bearer',
      id_token: 'stand-id',
    };
  }

  /** Tells of a version, and its value where that is asked for. */
  #secret(path: string): unknown {
    this.calls.push('GetSecretVersion');
    const fault = this.#nextFault('GetSecretVersion');
    const refusal = fault && refusalOf(fault, path);
    if (refusal) throw refusal;
    const [version = '', access] = path.split(':');
    const value = this.state.secrets.get(version.replace('/versions/', '/'));
    if (value === undefined) throw notFound(path);
    const payload = { data: Buffer.from(value).toString('base64') };
    return { name: version, ...(access ? { payload } : { state: 'ENABLED' }) };
  }

  #project(id: string): unknown {
    const fault = this.#nextFault('GetProject');
    const refusal = fault && refusalOf(fault, `projects/${id}`);
    if (refusal) throw refusal;
    if (id !== PROJECT)
      throw new GoogleRefusal(
        403,
        'PERMISSION_DENIED',
        `The caller does not have permission on project '${id}' (or it may not exist).`,
      );
    return { name: 'projects/4711', projectId: PROJECT, state: 'ACTIVE', displayName: 'Demo' };
  }

  /** The filters that the target writes: name of service or job, revision, time. */
  #entries({ filter, resourceNames, pageSize }: Json): unknown {
    if (!Array.isArray(resourceNames))
      throw new GoogleRefusal(400, 'INVALID_ARGUMENT', 'resourceNames is required');
    const of = (pattern: RegExp) => pattern.exec(String(filter))?.[1];
    const service = of(/(?:service_name|job_name)="([^"]+)"/);
    const revision = of(/revision_name="([^"]+)"/);
    const after = of(/timestamp>"([^"]+)"/);
    const entries = this.state.logs
      .filter((each) => each.service === service && (!revision || each.revision === revision))
      .map((each, index) => ({ ...each, at: each.at + index / 1000 }))
      .filter((each) => !after || each.at > Date.parse(after))
      .slice(-Number(pageSize))
      .reverse()
      .map(({ text, at }, index) => ({
        insertId: `${at}-${index}`,
        timestamp: new Date(at).toISOString(),
        textPayload: text,
      }));
    return { entries };
  }
}

const LOST = Symbol('lost');

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
