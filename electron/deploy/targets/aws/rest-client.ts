/** A service of AWS that speaks JSON over REST, for which the app carries no client of the SDK. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, signedHeaders } from './signing';

export interface RestCall {
  /** "CreateFunction": for the words of a failure. */
  readonly action: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly answerMs?: number;
}

export interface RestAnswer {
  readonly headers: Headers;
  /** Null where nothing was said. */
  readonly json: unknown;
}

interface RestNeeds {
  readonly service: string;
  readonly region: string;
  readonly url: string;
  readonly credentials: () => Promise<Credentials>;
  readonly attempts: number;
  /** The failure in words. */
  readonly explain: (thrown: unknown, action: string) => unknown;
  /** Called after each change. */
  readonly changed: () => void;
}

const ANSWER_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 20_000;

export class RestClient {
  readonly #needs: RestNeeds;
  readonly #closed = new AbortController();

  constructor(needs: RestNeeds) {
    this.#needs = needs;
  }

  async ask(call: RestCall): Promise<RestAnswer> {
    try {
      return await this.#patiently(call);
    } catch (thrown) {
      throw this.#needs.explain(thrown, call.action);
    } finally {
      if (call.method !== 'GET') this.#needs.changed();
    }
  }

  /** To another address of the service, as a function's own; answers whatever it is. */
  async send(
    url: URL,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
  ) {
    const sent = await this.#sign({ method, url, headers, body });
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const given = hasBody ? { body: new Uint8Array(body) } : {};
    return fetch(url, { method, headers: sent, signal: this.#closed.signal, ...given });
  }

  destroy(): void {
    this.#closed.abort();
  }

  async #patiently(call: RestCall): Promise<RestAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(call);
      } catch (thrown) {
        if (attempt >= this.#needs.attempts || !isForNow(thrown)) throw thrown;
        const pause = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
        await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: this.#closed.signal });
      }
    }
  }

  async #once({
    method,
    path,
    query,
    headers = {},
    body,
    answerMs,
  }: RestCall): Promise<RestAnswer> {
    const url = new URL(`${this.#needs.url}${path}`);
    for (const [name, value] of Object.entries(query ?? {})) {
      for (const each of [value ?? []].flat()) url.searchParams.append(name, each);
    }
    const text = body === undefined ? '' : JSON.stringify(body);
    const wanted = { method, url, headers: { ...headers, 'content-type': JSON_TYPE }, body: text };
    const sent = await this.#sign(wanted);
    const timeOut = AbortSignal.timeout(answerMs ?? ANSWER_MS);
    const signal = AbortSignal.any([timeOut, this.#closed.signal]);
    const given = text === '' ? {} : { body: text };
    const answer = await fetch(url, { method, headers: sent, signal, ...given }).catch(unreachable);
    const said = await answer.text();
    if (!answer.ok) throw new Refused(answer, said);
    return { headers: answer.headers, json: said === '' ? null : JSON.parse(said) };
  }

  async #sign(request: Parameters<typeof signedHeaders>[0]): Promise<Record<string, string>> {
    const { service, region, credentials } = this.#needs;
    return signedHeaders(request, {
      ...{ service, region, now: new Date() },
      credentials: await credentials(),
    });
  }
}

const JSON_TYPE = 'application/json';

/** By the name AWS gives it, as the SDK's errors have it. */
class Refused extends Error {
  readonly status: number;

  constructor({ status, headers }: Response, said: string) {
    const told = parsed(said);
    super(told.message ?? told.Message ?? `it answered with ${status}`);
    this.status = status;
    const type = headers.get('x-amzn-errortype') ?? told.__type ?? `Status${status}`;
    this.name = type.split(':')[0]?.split('#').at(-1) ?? type;
  }
}

type Said = { readonly message?: string; readonly Message?: string; readonly __type?: string };

function parsed(text: string): Said {
  try {
    return (JSON.parse(text) as Said | null) ?? {};
  } catch {
    return {};
  }
}

function unreachable(thrown: unknown): never {
  const { cause } = thrown as { cause?: { code?: unknown; message?: string } };
  if (typeof cause?.code !== 'string') throw thrown;
  throw Object.assign(new Error(cause.message ?? cause.code), { code: cause.code });
}

const isForNow = (thrown: unknown): boolean =>
  thrown instanceof Refused
    ? thrown.status === 429 || thrown.status >= 500 || /Throttl/.test(thrown.name)
    : thrown instanceof Error && 'code' in thrown && /^E[A-Z_]+$/.test(String(thrown.code));
