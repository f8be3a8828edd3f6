/** Where a Docker engine listens, read from the text that the docker CLI reads too. */
import { z } from 'zod';
import { err, ok, type Result } from '../base/result';
import { type StudioError, studioError } from '../base/studio-error';

const socketSchema = z.object({ kind: z.literal('socket'), path: z.string() });
const pipeSchema = z.object({ kind: z.literal('pipe'), path: z.string() });
const tcpSchema = z.object({ kind: z.literal('tcp'), host: z.string(), port: z.number().int() });
const sshSchema = z.object({
  kind: z.literal('ssh'),
  user: z.string().nullable(),
  host: z.string(),
  port: z.number().int().nullable(),
  /** The engine's socket on the other host, where it is not the one its docker CLI takes. */
  socket: z.string().nullable(),
});
export const engineAddressSchema = z.discriminatedUnion('kind', [
  socketSchema,
  pipeSchema,
  tcpSchema,
  sshSchema,
]);
export type EngineAddress = z.infer<typeof engineAddressSchema>;
export type SshAddress = z.infer<typeof sshSchema>;
export type TcpAddress = z.infer<typeof tcpSchema>;

const PLAIN_PORT = 2375;
export const TLS_PORT = 2376;
/** What ssh would take for an option or a shell for a word of its own does not name a user or a host. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/;
const HOST = /^([A-Za-z0-9][A-Za-z0-9_.-]*|[0-9a-fA-F:]+)$/;
const SOCKET = /^\/[\w./@-]+$/;

/** `unix://`, `npipe://`, `tcp://`, `http(s)://` and `ssh://`; a bare `host:port` counts as tcp. */
export function parseEngineAddress(text: string): Result<EngineAddress> {
  const trimmed = text.trim();
  const scheme = /^([a-z]+):\/\//.exec(trimmed)?.[1];
  const rest = scheme ? trimmed.slice(scheme.length + 3) : trimmed;
  switch (scheme) {
    case 'unix':
      return rest.startsWith('/') ? ok({ kind: 'socket', path: rest }) : err(notAnAddress(trimmed));
    case 'npipe':
      return rest ? ok({ kind: 'pipe', path: rest }) : err(notAnAddress(trimmed));
    case 'ssh':
      return parseSsh(trimmed);
    case 'tcp':
    case 'http':
    case 'https':
      return parseTcp(trimmed, rest, scheme === 'https' ? TLS_PORT : PLAIN_PORT);
    case undefined:
      return parseTcp(trimmed, rest, PLAIN_PORT);
    default:
      return err(notAnAddress(trimmed));
  }
}

function parseSsh(text: string): Result<EngineAddress> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return err(notAnAddress(text));
  if (url.password) {
    return err(
      studioError(
        'invalid-input',
        'An ssh address must not hold a password: it would be seen in settings and logs. Use a key or the ssh agent.',
      ),
    );
  }
  const host = bare(url.hostname);
  const user = decodeURIComponent(url.username) || null;
  const socket = url.pathname.length > 1 ? url.pathname : null;
  const isSafe = HOST.test(host) && (!user || NAME.test(user)) && (!socket || SOCKET.test(socket));
  if (!isSafe) return err(notAnAddress(text));
  return ok({ kind: 'ssh', user, host, port: url.port ? Number(url.port) : null, socket });
}

function parseTcp(text: string, rest: string, port: number): Result<EngineAddress> {
  const url = URL.canParse(`tcp://${rest}`) ? new URL(`tcp://${rest}`) : null;
  const host = url ? bare(url.hostname) : '';
  if (!url || !HOST.test(host) || url.pathname.length > 1) return err(notAnAddress(text));
  return ok({ kind: 'tcp', host, port: url.port ? Number(url.port) : port });
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** As the docker CLI writes it; never holds a secret. */
export function formatEngineAddress(address: EngineAddress): string {
  switch (address.kind) {
    case 'socket':
      return `unix://${address.path}`;
    case 'pipe':
      return `npipe://${address.path}`;
    case 'tcp':
      return `tcp://${bracketed(address.host)}:${address.port}`;
    case 'ssh': {
      const user = address.user ? `${address.user}@` : '';
      const port = address.port ? `:${address.port}` : '';
      return `ssh://${user}${bracketed(address.host)}${port}${address.socket ?? ''}`;
    }
  }
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function notAnAddress(text: string): StudioError {
  return studioError(
    'invalid-input',
    `“${text}” is no address of a Docker engine. Such an address begins with unix://, npipe://, tcp:// or ssh://.`,
    { nextSteps: [{ label: 'Open build settings', command: 'build.settings' }] },
  );
}
