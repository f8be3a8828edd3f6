/** Asks a deployed service: predictions, its form, its figures. */
import { fail } from '../../shared/base/studio-error';
import { formOf, type Prediction, p95FromMetrics, type ServiceForm } from '../../shared/operate';
import { curlOf, readSample } from '../deploy';

const PREDICT_TIMEOUT_MS = 60_000;
const ASK_TIMEOUT_MS = 5000;

export async function predict(url: string, body: unknown): Promise<Prediction> {
  const began = performance.now();
  const response = await ask(`${url}/predict`, PREDICT_TIMEOUT_MS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? null),
  });
  const text = await response.text();
  return { status: response.status, ms: performance.now() - began, body: jsonOrText(text) };
}

/** The package's own sample is better than one made up from types. */
export async function readForm(url: string): Promise<ServiceForm> {
  const response = await ask(`${url}/openapi.json`, ASK_TIMEOUT_MS);
  const form = formOf(jsonOrText(await response.text()));
  if (!form) fail('not-found', `The service at ${url} does not describe /predict.`);
  const example = (await readSample(url)) ?? form.example;
  return { url: `${url}/predict`, schema: form.schema, example, curl: curlOf(url, example) };
}

/** 'none' where the service has no figures at all, null where it has none yet or did not answer. */
export async function readP95(url: string): Promise<number | null | 'none'> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1000) });
    const text = await response.text();
    return response.ok ? p95FromMetrics(text) : 'none';
  } catch {
    return null;
  }
}

async function ask(url: string, timeoutMs: number, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  } catch (thrown) {
    return fail(
      'server-unreachable',
      `The service at ${new URL(url).origin} does not answer. Look at its state and its log.`,
      {
        detail: String(thrown),
        nextSteps: [{ label: 'Show what is alive', command: 'go.operate' }],
      },
    );
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
