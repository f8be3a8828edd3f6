/** An operation of a service that is asked too seldom for a client of its own: JSON by POST. */
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { signerOf } from './signing';

export interface JsonCall {
  readonly service: string;
  readonly region: string;
  /** "secretsmanager.DescribeSecret". */
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface From {
  readonly url: string;
  readonly credentials: NonNullable<STSClientConfig['credentials']>;
}

const ANSWER_MS = 20_000;
const refusalSchema = z.object({
  __type: z.string().default('UnknownError'),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** Fails as the SDK's clients do: the error's name is AWS's code. */
export async function callJson(call: JsonCall, { url: to, credentials }: From): Promise<unknown> {
  const { service, region, target } = call;
  const url = new URL(to);
  const body = new TextEncoder().encode(JSON.stringify(call.body));
  const sign = await signerOf({ service, region, credentials });
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const answer = await fetch(url, {
    method: 'POST',
    headers: await sign({ method: 'POST', url, headers, body }),
    body,
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(unreachable);
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  throw refusalIn(text);
}

function refusalIn(text: string): Error {
  const { __type, message, Message } = refusalSchema.parse(JSON.parse(text));
  const name = __type.split('#').at(-1) ?? __type;
  return Object.assign(new Error(message ?? Message ?? name), { name });
}

/** `fetch` says why in the cause. */
function unreachable(thrown: Error & { cause?: { code?: string } }): never {
  const name = thrown.cause?.code ?? thrown.name;
  throw Object.assign(new Error(thrown.message), { name });
}
