/** The engine's push stream, read line by line into layers: (push, message) → push. */
import { z } from 'zod';
import { Bytes, bytesSchema, formatBytes } from '../base/units';

export const pushLayerSchema = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'pushing', 'pushed', 'there', 'retrying']),
  sent: bytesSchema,
  /** Null until the engine tells. */
  total: bytesSchema.nullable(),
});
export type PushLayer = z.infer<typeof pushLayerSchema>;

export const pushProgressSchema = z.object({
  target: z.string(),
  /** Counted from 1. */
  attempt: z.number().int(),
  layers: z.array(pushLayerSchema),
});
export type PushProgress = z.infer<typeof pushProgressSchema>;

export const pushedImageSchema = z.object({
  /** `registry/repository:tag`. */
  target: z.string(),
  /** `registry/repository@sha256:…`: what a deployment names, as a tag may be moved. */
  reference: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
export type PushedImage = z.infer<typeof pushedImageSchema>;

export interface PushMessage {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: { readonly Digest?: string };
}

const STATES: readonly (readonly [RegExp, PushLayer['state']])[] = [
  [/^(Preparing|Waiting)/, 'waiting'],
  [/^Pushing/, 'pushing'],
  [/^Retrying/, 'retrying'],
  [/^Pushed/, 'pushed'],
  [/^(Layer already exists|Mounted from)/, 'there'],
];

/** Docker tells it twice, Podman in words only: “1: digest: sha256:… size: 345”. */
export const digestIn = ({ aux, status }: PushMessage): string | null =>
  aux?.Digest ?? /\bdigest: (sha256:[0-9a-f]{64})\b/.exec(status ?? '')?.[1] ?? null;

export function applyPushMessage(push: PushProgress, message: PushMessage): PushProgress {
  const { id, status = '', progressDetail } = message;
  const state = STATES.find(([matches]) => matches.test(status))?.[1];
  if (!id || !state) return push;
  const old = push.layers.find((layer) => layer.id === id);
  const total = progressDetail?.total ?? old?.total ?? null;
  const sent = state === 'pushed' ? (total ?? 0) : (progressDetail?.current ?? old?.sent ?? 0);
  // The engine counts the tar's padding too: more than all of it is never said.
  const layer: PushLayer = {
    id,
    state,
    sent: Bytes(total === null ? sent : Math.min(sent, total)),
    total: total === null ? null : Bytes(total),
  };
  const layers = old
    ? push.layers.map((one) => (one.id === id ? layer : one))
    : [...push.layers, layer];
  return { ...push, layers };
}

/** What is to be sent and how much of it is; null as long as a layer waits, whose size is not known. */
function pushBytes({ layers }: PushProgress): { sent: Bytes; total: Bytes } | null {
  const open = layers.filter(({ state }) => state !== 'there');
  if (layers.length === 0 || open.some(({ state }) => state === 'waiting')) return null;
  const total = open.reduce((sum, layer) => sum + (layer.total ?? 0), 0);
  const sent = open.reduce((sum, layer) => sum + layer.sent, 0);
  return total === 0 ? null : { sent: Bytes(sent), total: Bytes(total) };
}

/** From 0 to 1 by bytes where the sizes are known. */
export function pushFraction(push: PushProgress): number | null {
  const bytes = pushBytes(push);
  return bytes && bytes.sent / bytes.total;
}

/** “Pushing 3 layers: 120 MB of 800 MB (attempt 2)”. */
export function describePush(push: PushProgress): string {
  const bytes = pushBytes(push);
  const how = bytes ? `: ${formatBytes(bytes.sent)} of ${formatBytes(bytes.total)}` : '';
  const again = push.attempt > 1 ? ` (attempt ${push.attempt})` : '';
  const layers = push.layers.length === 1 ? '1 layer' : `${push.layers.length} layers`;
  return `Pushing ${layers}${how}${again}`;
}
