/** The same container as a compose.yaml, for those who keep their own. Secrets stay where they come from. */
import { stringify } from 'yaml';
import type { Wanted } from '../../resources/platform';
import { RUN_FOLDER, SERVICE_PORT } from './container-spec';

export function composeFiles(
  { id, mode, revision, settings }: Wanted,
  command: readonly string[],
): Record<string, string> {
  const { environment, secrets, resources, options, port } = settings;
  const isService = mode === 'service';
  const service = {
    image: revision.image,
    build: '.',
    // A dollar is compose's own sign.
    command: command.map((word) => word.replaceAll('$', '$$$$')),
    restart: mode === 'job' ? 'no' : 'unless-stopped',
    init: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    ...(isService && port !== null
      ? { ports: [`${String(options.listen ?? '127.0.0.1')}:${port}:${SERVICE_PORT}`] }
      : { volumes: [`run:${RUN_FOLDER}`] }),
    environment: {
      ...environment,
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
