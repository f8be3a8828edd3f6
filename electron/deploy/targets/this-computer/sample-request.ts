/** A request a deployed service is known to understand, from the service itself. */
import { z } from 'zod';

const schemaAnswer = z.object({ sample: z.unknown() });

/** The body the package was tried with (`GET /schema`), or null where the service does not tell. */
export async function readSample(url: string): Promise<unknown> {
  try {
    const response = await fetch(`${url}/schema`, { signal: AbortSignal.timeout(3000) });
    const body: unknown = await response.json();
    return response.ok ? (schemaAnswer.parse(body).sample ?? null) : null;
  } catch {
    return null;
  }
}

/** One line for a POSIX shell; a quote inside the body is closed, escaped and opened again. */
export const curlOf = (url: string, body: unknown): string =>
  `curl -s ${url}/predict -H 'content-type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
