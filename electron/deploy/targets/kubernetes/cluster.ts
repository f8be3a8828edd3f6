/** A cluster's API as a person's own kubeconfig reaches it. Every failure is a sentence. */
import http from 'node:http';
import https, { type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { fail, StudioFailure, studioError } from '../../../../shared/base/studio-error';
import type { Json } from '../../../../shared/deploy';
import { wordsOfConnection, wordsOfStatus } from './api-words';

export const FIELD_MANAGER = 'slipway';
const ANSWER_MS = 20_000;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** An object as the API gives it; what is read of it is asked for by name. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly uid?: string;
    readonly ownerReferences?: readonly { readonly uid: string; readonly kind: string }[];
  };
  readonly [field: string]: unknown;
}

export class Cluster {
  readonly config: KubeConfig;
  readonly context: string;

  constructor(config: KubeConfig) {
    this.config = config;
    this.context = config.getCurrentContext();
  }

  get server(): string {
    return this.config.getCurrentCluster()?.server ?? '';
  }

  async call<T extends object = KubeObject>(path: string, call: Call = {}): Promise<T> {
    const text = await this.text(path, call);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** Null where there is none. */
  async find<T extends object = KubeObject>(path: string): Promise<T | null> {
    try {
      return await this.call<T>(path);
    } catch (thrown) {
      if (isKind(thrown, 'not-found')) return null;
      throw thrown;
    }
  }

  async list<T extends object = KubeObject>(path: string, selector = ''): Promise<T[]> {
    const query: Record<string, string> = selector === '' ? {} : { labelSelector: selector };
    const { items } = await this.call<{ items?: T[] }>(path, { query });
    return items ?? [];
  }

  async apply(path: string, object: Json, more: Record<string, string> = {}): Promise<KubeObject> {
    return this.call(path, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: FIELD_MANAGER, force: 'true', ...more },
      body: object,
    });
  }

  async merge(path: string, patch: Json): Promise<KubeObject> {
    const contentType = 'application/merge-patch+json';
    const query = { fieldManager: FIELD_MANAGER };
    return this.call(path, { method: 'PATCH', contentType, query, body: patch });
  }

  /** What it owned goes first: what is gone afterwards is gone wholly. Gone already is no error. */
  async remove(path: string, policy: 'Foreground' | 'Background' = 'Foreground'): Promise<void> {
    try {
      await this.call(path, { method: 'DELETE', query: { propagationPolicy: policy } });
    } catch (thrown) {
      if (!isKind(thrown, 'not-found')) throw thrown;
    }
  }

  async text(path: string, call: Call = {}): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.stream(path, call, ANSWER_MS)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }

  /** The body as it comes; a status that is no success fails with its words. */
  async stream(path: string, call: Call, answerMs: number): Promise<AsyncIterable<Buffer>> {
    const url = new URL(this.server.replace(/\/$/, '') + path);
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
    const options: RequestOptions = { method: call.method ?? 'GET', signal: call.signal };
    await this.config.applyToHTTPSOptions(options).catch((thrown: unknown) => {
      fail('unauthorized', wordsOfConnection(thrown, this), { detail: String(thrown) });
    });
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    options.headers = {
      ...options.headers,
      accept: 'application/json, */*',
      ...(body === null ? {} : { 'content-type': call.contentType ?? 'application/json' }),
    };
    return this.#send(url, options, body, answerMs);
  }

  #send(
    url: URL,
    options: RequestOptions,
    body: string | null,
    answerMs: number,
  ): Promise<AsyncIterable<Buffer>> {
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'http:' ? http : https).request(url, options);
      request.setTimeout(answerMs, () => request.destroy(new Error('it does not answer')));
      request.once('error', (error) => {
        if (options.signal?.aborted) return reject(error);
        const message = wordsOfConnection(error, this);
        reject(
          new StudioFailure(studioError('server-unreachable', message, { detail: String(error) })),
        );
      });
      request.once('response', (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) return resolve(response);
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () =>
          reject(wordsOfStatus(status, Buffer.concat(chunks).toString('utf8'), this)),
        );
      });
      request.end(body ?? undefined);
    });
  }
}

export const isKind = (thrown: unknown, kind: StudioFailure['error']['kind']): boolean =>
  thrown instanceof StudioFailure && thrown.error.kind === kind;

async function readConfig(path: string): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (path === '') config.loadFromDefault();
  else config.loadFromFile(path);
  return config;
}

export async function openCluster(
  path: string,
  context: string,
): Promise<{ cluster: Cluster; namespace: string }> {
  const named = path === '' ? 'The kubeconfig' : `The kubeconfig ${path}`;
  let config: KubeConfig;
  try {
    config = await readConfig(path);
  } catch (thrown) {
    return fail(
      'invalid-file',
      `${named} cannot be read. Choose another file under “kubeconfig”.`,
      {
        ...(path === '' ? {} : { place: { path } }),
        detail: String(thrown),
      },
    );
  }
  // With nothing to read the client makes up a cluster at localhost:8080, as kubectl does.
  if (path === '' && config.getCurrentContext() === 'loaded-context') {
    fail(
      'not-found',
      'There is no kubeconfig here: KUBECONFIG names none and ~/.kube/config is not there. Name a file under “kubeconfig”.',
    );
  }
  const names = config.getContexts().map(({ name }) => name);
  const wanted = context === '' ? config.getCurrentContext() : context;
  if (!names.includes(wanted)) {
    const offered = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`;
    const missing = wanted === '' ? 'names no current context' : `has no context “${wanted}”`;
    fail('not-found', `${named} ${missing}. ${offered} Choose one under “context”.`);
  }
  config.setCurrentContext(wanted);
  const namespace = config.getContextObject(wanted)?.namespace ?? 'default';
  return { cluster: new Cluster(config), namespace };
}
