/** The same container as a compose.yaml, for those who keep their own. Secrets stay where they come from. */
import { stringify } from 'yaml';
import type { Wanted } from '../../resources/platform';
import {
  HEALTH_EVERY_MS,
  HEALTH_RETRIES,
  RUN_FOLDER,
  readyCommand,
  SERVICE_PORT,
  START_PERIOD_MS,
} from './container-spec';

const HEALTH_CHECK = {
  test: ['CMD', ...readyCommand('/healthz')],
  interval: `${HEALTH_EVERY_MS / 1000}s`,
  timeout: `${HEALTH_EVERY_MS / 1000}s`,
  start_period: `${START_PERIOD_MS / 1000}s`,
  retries: HEALTH_RETRIES,
};

export function composeFiles(
  { id, mode, revision, settings }: Wanted,
  command: readonly string[],
  toPackage: string,
): Record<string, string> {
  const { environment, secrets, resources, options, port } = settings;
  const isService = mode === 'service';
  const service = {
    image: revision.image,
    // Made from the package where the engine has it not: the Dockerfile lies there, not beside this file.
    build: toPackage,
    command: command.map(literal),
    restart: mode === 'job' ? 'no' : 'unless-stopped',
    init: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    ...(isService && port !== null
      ? {
          ports: [`${String(options.listen ?? '127.0.0.1')}:${port}:${SERVICE_PORT}`],
          healthcheck: HEALTH_CHECK,
        }
      : { volumes: [`run:${RUN_FOLDER}`] }),
    environment: {
      ...Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, literal(value)]),
      ),
      // Taken from the shell or a .env file beside this one; no value stands here.
      ...Object.fromEntries(Object.keys(secrets).map((name) => [name, `\${${name}:?}`])),
    },
    ...(resources
      ? { cpus: resources.vcpu, mem_limit: `${Math.round(resources.memoryGib * 1024)}m` }
      : {}),
  };
  const file = {
    name: id,
    services: { [id]: service },
    ...(isService ? {} : { volumes: { run: {} } }),
  };
  return { 'compose.yaml': stringify(file, { lineWidth: 100 }) };
}

/** A dollar is compose's own sign. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');
