/** A request to what has no official client: a resource group, the data of a registry, a log stream. */
import { request } from 'node:https';

export interface HttpsCall {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly token?: string;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}
export interface HttpsAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
/** Where a stand listens instead of the host in the address. */
export interface Detour {
  readonly port: number;
  readonly ca: string;
}

const TIMEOUT_MS = 20_000;

export function callHttps(call: HttpsCall, detour: Detour | null): Promise<HttpsAnswer> {
  const url = new URL(call.url);
  const body = call.form ? new URLSearchParams(call.form).toString() : null;
  const headers = {
    host: url.host,
    accept: 'application/json',
    ...(call.token ? { authorization: `Bearer ${call.token}` } : {}),
    ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
  };
  const to = detour
    ? { host: '127.0.0.1', port: detour.port, ca: detour.ca, servername: 'localhost' }
    : { host: url.hostname, port: url.port || 443 };
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...to, path: `${url.pathname}${url.search}`, method: call.method ?? 'GET', headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        );
      },
    );
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error('ETIMEDOUT')));
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

/** The body, or what it was refused with, in the shape of the official clients' errors. */
export function bodyOf({ status, text }: HttpsAnswer): unknown {
  const body: unknown = text === '' ? null : parse(text);
  if (status < 400) return body;
  const error = (body as { error?: { code?: string; message?: string } } | null)?.error;
  throw Object.assign(new Error(error?.message ?? `HTTP ${status}`), {
    statusCode: status,
    code: error?.code ?? '',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
