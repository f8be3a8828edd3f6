/** Which engine is meant, and what the one that answers is. */
import { z } from 'zod';

/** How a person names the engine: as the docker CLI would find it, by a context of that CLI, or by an address. */
export const engineChoiceSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('default') }),
  z.object({ by: z.literal('context'), name: z.string() }),
  z.object({
    by: z.literal('address'),
    address: z.string(),
    /** Folder of ca.pem, cert.pem and key.pem for tcp; empty text means none, and no TLS. */
    certificates: z.string(),
  }),
]);
export type EngineChoice = z.infer<typeof engineChoiceSchema>;

export const engineWhoSchema = z.object({
  /** What it calls itself: the name of its computer. */
  name: z.string(),
  kind: z.enum(['docker', 'podman']),
  version: z.string(),
  apiVersion: z.string(),
  platform: z.string(),
  /** As the docker CLI writes it. */
  address: z.string(),
  /** Why this one: “DOCKER_HOST”, “context desktop-linux”, “settings”. */
  source: z.string(),
  hasBuildKit: z.boolean(),
  isSwarmManager: z.boolean(),
});
export type EngineWho = z.infer<typeof engineWhoSchema>;

export const engineContextSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Empty where the context has no Docker engine. */
  address: z.string(),
  isCurrent: z.boolean(),
});
export type EngineContext = z.infer<typeof engineContextSchema>;

const CONTEXT_PREFIX = 'context:';

/** One setting holds it: empty text, `context:<name>` or an address. */
export function readEngineChoice(setting: string, certificates: string): EngineChoice {
  const text = setting.trim();
  if (text === '') return { by: 'default' };
  if (text.startsWith(CONTEXT_PREFIX)) {
    return { by: 'context', name: text.slice(CONTEXT_PREFIX.length) };
  }
  return { by: 'address', address: text, certificates: certificates.trim() };
}
