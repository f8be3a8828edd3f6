/** In front of moto: our ECS, the real registry, errors as JSON, faults as they are scripted, and a check of each body. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FunctionEvent } from '../../../test-runtime-api';
import type { RegistrySignIn } from '../../target';
import type { EcsFake } from './ecs-fake';
import { EcsError } from './ecs-state';
import type { LambdaFake } from './lambda-fake';
import type { ServiceModel } from './model';
import { deleteTag, listTags } from './stand-images';

/** Answered instead of what was asked. */
export interface Fault {
  /** Of "ecs:CreateService". */
  readonly on: RegExp;
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  /** How often; else for as long as it stands. */
  times?: number;
}

export interface ProxyNeeds {
  readonly moto: string;
  readonly ecs: EcsFake;
  readonly lambda: LambdaFake;
  readonly models: Readonly<Record<string, ServiceModel>>;
  readonly registry: string;
  readonly signIn: RegistrySignIn;
}

export interface StandProxy {
  readonly url: string;
  readonly calls: string[];
  readonly faults: Fault[];
  /** Bodies that the service's own model refuses. */
  readonly strange: string[];
  /** The call at which the process dies: that one and all later ones get no answer. */
  dieAt: number | null;
  readonly stop: () => Promise<void>;
}

interface Call {
  readonly service: string;
  readonly operation: string;
  readonly body: Buffer;
  readonly json: unknown;
  readonly url: URL;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export async function startProxy(needs: ProxyNeeds): Promise<StandProxy> {
  const proxy = {
    calls: [] as string[],
    faults: [] as Fault[],
    strange: [] as string[],
    dieAt: null as number | null,
  };
  const server = createServer((request, response) => {
    const work = async () => {
      if (request.url?.startsWith(FUNCTION_URL)) return toFunction(needs, request, response);
      const call = await readCall(needs, request);
      if (proxy.dieAt !== null && proxy.calls.length >= proxy.dieAt) {
        response.destroy();
        return;
      }
      proxy.calls.push(`${call.service}:${call.operation}`);
      const { status, headers, body } = await answer(needs, proxy, call, request);
      response.writeHead(status, headers).end(body);
    };
    work().catch((thrown: unknown) => {
      response
        .writeHead(500, JSON_TYPE)
        .end(JSON.stringify({ __type: 'StandFailure', message: String(thrown) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return Object.assign(proxy, { url: `http://127.0.0.1:${port}`, stop: () => close(server) });
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };

async function readCall({ models }: ProxyNeeds, request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const service =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const url = new URL(request.url ?? '/', 'http://stand');
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return {
      service,
      operation: target.split('.').at(-1) ?? '',
      body,
      json: JSON.parse(body.toString() || '{}'),
      url,
    };
  }
  const rest = models[service]?.operationAt(request.method ?? '', url.pathname);
  if (rest)
    return {
      service,
      operation: rest,
      body,
      json: body.length > 0 ? JSON.parse(body.toString()) : {},
      url,
    };
  return {
    service,
    operation: new URLSearchParams(body.toString()).get('Action') ?? '',
    body,
    json: null,
    url,
  };
}

async function answer(
  needs: ProxyNeeds,
  proxy: Pick<StandProxy, 'faults' | 'strange'>,
  call: Call,
  request: IncomingMessage,
): Promise<Answer> {
  const name = `${call.service}:${call.operation}`;
  const fault = proxy.faults.find(({ on, times }) => on.test(name) && times !== 0);
  if (fault) {
    if (fault.times !== undefined) fault.times -= 1;
    return refusal(call, fault.code, fault.message, fault.status ?? 400);
  }
  const model = needs.models[call.service];
  const problems =
    model && call.json !== null && !isPayload(call)
      ? model.problems(call.operation, 'input', call.json)
      : [];
  proxy.strange.push(...problems);
  if (problems.length > 0) return refusal(call, 'ValidationException', problems.join('; '), 400);
  const own = await ownAnswer(needs, call).catch((thrown: unknown) => {
    if (thrown instanceof EcsError)
      return refusal(call, thrown.code, thrown.message, statusOf(thrown));
    throw thrown;
  });
  if (!own) return fromMoto(needs, call, request);
  if ('status' in own) return own;
  // What we play must look like AWS too.
  proxy.strange.push(...(model?.problems(call.operation, 'output', own.value) ?? []));
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(own.value) };
}

async function ownAnswer(
  needs: ProxyNeeds,
  { service, operation, json, url }: Call,
): Promise<Answer | { value: unknown } | null> {
  if (service === 'lambda') return fromLambda(needs.lambda, operation, url, json);
  if (service === 'ecs')
    return { value: JSON.parse(JSON.stringify(await needs.ecs.answer(operation, json))) };
  if (service !== 'ecr') return null;
  const { registry, signIn } = needs;
  const { repositoryName = '', imageIds = [] } = json as {
    repositoryName?: string;
    imageIds?: { imageTag?: string }[];
  };
  if (operation === 'GetAuthorizationToken') {
    const authorizationToken = Buffer.from(`${signIn.username}:${signIn.password}`).toString(
      'base64',
    );
    const expiresAt = Date.now() / 1000 + 12 * 3600;
    return {
      value: {
        authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: `http://${registry}` }],
      },
    };
  }
  const tags = () => listTags(registry, repositoryName, signIn);
  if (operation === 'ListImages')
    return { value: { imageIds: (await tags()).map((imageTag) => ({ imageTag })) } };
  if (operation === 'BatchDeleteImage') {
    for (const { imageTag } of imageIds)
      await deleteTag(`${registry}/${repositoryName}:${imageTag}`, signIn);
    return { value: { imageIds, failures: [] } };
  }
  if (operation === 'DeleteRepository') {
    for (const tag of await tags()) await deleteTag(`${registry}/${repositoryName}:${tag}`, signIn);
  }
  return null;
}

/** What is sent and answered is the function's own. */
const isPayload = ({ service, operation }: Call): boolean =>
  service === 'lambda' && operation === 'Invoke';

/** As Lambda's REST API has it; the services that speak JSON by POST answer 400 to everything. */
const statusOf = ({ code }: EcsError): number =>
  ({
    ResourceNotFoundException: 404,
    ResourceConflictException: 409,
    TooManyRequestsException: 429,
  })[code] ?? 400;

async function fromLambda(
  lambda: LambdaFake,
  operation: string,
  url: URL,
  json: unknown,
): Promise<Answer | { value: unknown }> {
  const path = url.pathname.split('/').slice(1);
  if (operation === 'Invoke') {
    const qualifier = url.searchParams.get('Qualifier') ?? '$LATEST';
    const event = json as FunctionEvent;
    const { headers, payload } = await lambda.invoke(path[2] ?? '', qualifier, event);
    return { status: 200, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(payload) };
  }
  const body = json as Record<string, unknown>;
  const value = await lambda.answer({ operation, path, query: url.searchParams, body });
  return value === null ? { status: 204, headers: {}, body: '' } : { value: copyOf(value) };
}

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const FUNCTION_URL = '/function-url/';

/** A request to a function's own address, as the event Lambda makes of it. */
async function toFunction(
  { lambda }: ProxyNeeds,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand');
  const [name = '', alias = '', ...rest] = pathname.slice(FUNCTION_URL.length).split('/');
  const rawPath = `/${rest.join('/')}`;
  const event: FunctionEvent = {
    version: '2.0',
    rawPath,
    rawQueryString: searchParams.toString(),
    headers: { 'content-type': String(request.headers['content-type'] ?? '') },
    requestContext: {
      domainName: 'stand',
      http: { method: request.method ?? 'GET', path: rawPath },
    },
    body: Buffer.concat(chunks).toString('base64'),
    isBase64Encoded: true,
  };
  const isSigned = /^AWS4-HMAC-SHA256 /.test(request.headers.authorization ?? '');
  const { statusCode, headers, body } = await lambda.request(name, alias, event, isSigned);
  response.writeHead(statusCode, headers).end(body);
}

async function fromMoto(
  { moto }: ProxyNeeds,
  call: Call,
  request: IncomingMessage,
): Promise<Answer> {
  const { host: _, connection: __, 'content-length': ___, expect: ____, ...kept } = request.headers;
  const headers = Object.fromEntries(
    Object.entries(kept).map(([key, value]) => [key, String(value)]),
  );
  const method = request.method ?? 'POST';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const sent = hasBody ? { body: new Uint8Array(call.body) } : {};
  const got = await fetch(`${moto}${request.url ?? '/'}`, { method, headers, ...sent });
  const body = await got.text();
  const type = got.headers.get('content-type') ?? 'text/plain';
  // Moto's own failures come as a page.
  if (type.includes('html') && got.status >= 500) {
    return refusal(call, 'InternalFailure', `moto: ${body.slice(0, 300)}`, 500);
  }
  const errorType = got.headers.get('x-amzn-errortype');
  return {
    status: got.status,
    headers: { 'content-type': type, ...(errorType ? { 'x-amzn-errortype': errorType } : {}) },
    body,
  };
}

const QUERY = new Set(['iam', 'sts', 'elasticloadbalancing']);

function refusal({ service }: Call, code: string, message: string, status: number): Answer {
  const xml = { 'content-type': 'text/xml' };
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  if (service === 'ec2') {
    return {
      status,
      headers: xml,
      body: `<Response><Errors>${error}</Errors><RequestID>stand</RequestID></Response>`,
    };
  }
  if (QUERY.has(service))
    return { status, headers: xml, body: `<ErrorResponse>${error}</ErrorResponse>` };
  return {
    status,
    headers: { ...JSON_TYPE, 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
