/** What a person's kubeconfig offers, read without the client library: it is large, and a cluster may never be asked. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const configSchema = z.object({ contexts: z.array(z.object({ name: z.string() })).nullish() });

/** Empty where there is none, or none that can be read. */
export function offeredContexts(): string[] {
  const named = (process.env.KUBECONFIG ?? '').split(delimiter).filter((each) => each !== '');
  const paths = named.length > 0 ? named : [join(homedir(), '.kube', 'config')];
  return [...new Set(paths.flatMap(contextsIn))];
}

function contextsIn(path: string): string[] {
  try {
    const { contexts } = configSchema.parse(parse(readFileSync(path, 'utf8')));
    return (contexts ?? []).map(({ name }) => name);
  } catch {
    return [];
  }
}
