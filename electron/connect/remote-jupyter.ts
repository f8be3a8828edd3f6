/** A Jupyter server elsewhere: what runs there, and a kernel on it. Never a kernel of this computer instead. */
import { z } from 'zod';
import { fail } from '../../shared/base/studio-error';
import type { RemoteServer } from '../../shared/connect';
import { findKernel, getJson, type ServerAddress, settingsFor, startKernel } from './jupyter';
import type { KernelHost } from './session-types';

const specsSchema = z.object({
  default: z.string(),
  kernelspecs: z.record(
    z.string(),
    z.object({
      name: z.string(),
      spec: z.object({ display_name: z.string(), language: z.string() }),
    }),
  ),
});

const kernelsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    execution_state: z.string().default('unknown'),
    last_activity: z.string().default(''),
    connections: z.number().int().default(0),
  }),
);

export async function listRemote(address: ServerAddress): Promise<RemoteServer> {
  const settings = settingsFor(address);
  const specs = read(specsSchema, await getJson(settings, 'api/kernelspecs'), address);
  const kernels = read(kernelsSchema, await getJson(settings, 'api/kernels'), address);
  return {
    url: address.url,
    kernelSpecs: Object.values(specs.kernelspecs).map(({ name, spec }) => ({
      name,
      displayName: spec.display_name,
      language: spec.language,
    })),
    defaultKernelName: specs.default,
    runningKernels: kernels.map((kernel) => ({
      id: kernel.id,
      name: kernel.name,
      executionState: kernel.execution_state,
      lastActivity: kernel.last_activity,
      connections: kernel.connections,
    })),
  };
}

export interface RemoteChoice {
  readonly kernelName?: string;
  readonly kernelId?: string;
}

/** The host of the chosen kernel; says so when the server has no such kernel. */
export async function remoteHost(
  address: ServerAddress,
  choice: RemoteChoice,
): Promise<KernelHost> {
  const settings = settingsFor(address);
  const server = await listRemote(address);
  const name = choice.kernelId
    ? (await findKernel(settings, choice.kernelId))?.name
    : (choice.kernelName ?? server.defaultKernelName);
  const spec = server.kernelSpecs.find((known) => known.name === name);
  if (name === undefined || (!spec && !choice.kernelId)) {
    const wanted = choice.kernelId ?? choice.kernelName ?? server.defaultKernelName;
    fail('not-found', `The server at ${address.url} has no kernel “${wanted}”.`, {
      nextSteps: [{ label: 'Choose a kernel', command: 'connect.choose' }],
    });
  }
  return {
    about: {
      displayName: `${spec?.displayName ?? name} on ${new URL(address.url).host}`,
      pythonPath: null,
      where: 'remote',
      environmentId: null,
      serverUrl: address.url,
    },
    settings: async () => settings,
    startKernel: () => startKernel(settings, name, null),
    log: () => '',
  };
}

function read<T>(schema: z.ZodType<T>, answer: unknown, address: ServerAddress): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  fail(
    'server-unreachable',
    `At ${address.url} something answers, but not as a Jupyter server does.`,
    {
      nextSteps: [{ label: 'Enter address and token', command: 'connect.server' }],
      detail: parsed.error.message,
    },
  );
}
