/** What is known of the kernel a notebook runs in: what we have (`status`) and, where it went wrong, why. */
import { z } from 'zod';
import { environmentIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';

export const kernelInfoSchema = z.object({
  displayName: z.string(),
  language: z.string(),
  /** Null for a kernel on a remote server or of another language. */
  pythonPath: z.string().nullable(),
  /** The language's version as the kernel itself reports it. */
  pythonVersion: z.string().nullable(),
  where: z.enum(['local', 'remote']),
  /** The local environment it runs in. */
  environmentId: environmentIdSchema.nullable(),
  /** The remote server without its token. */
  serverUrl: z.string().nullable(),
});
export type KernelInfo = z.infer<typeof kernelInfoSchema>;

/** `name` is what is being started, before the kernel can say who it is. */
export const kernelStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('none'), error: studioErrorSchema.nullable() }),
  z.object({ status: z.literal('starting'), name: z.string() }),
  z.object({ status: z.literal('idle'), kernel: kernelInfoSchema }),
  z.object({ status: z.literal('busy'), kernel: kernelInfoSchema }),
  z.object({ status: z.literal('restarting'), kernel: kernelInfoSchema }),
  z.object({ status: z.literal('dead'), kernel: kernelInfoSchema, error: studioErrorSchema }),
  z.object({
    status: z.literal('disconnected'),
    kernel: kernelInfoSchema,
    error: studioErrorSchema,
  }),
]);
export type KernelState = z.infer<typeof kernelStateSchema>;

export const NO_KERNEL: KernelState = { status: 'none', error: null };

/** Who the kernel is, in every state that has one. */
export function kernelOf(state: KernelState): KernelInfo | null {
  return 'kernel' in state ? state.kernel : null;
}

/** Whether cells can be sent to it now. */
export function canExecute(state: KernelState): boolean {
  return state.status === 'idle' || state.status === 'busy';
}

/** A running Jupyter server elsewhere: what can be started there and what is running. */
export const remoteServerSchema = z.object({
  url: z.string(),
  kernelSpecs: z.array(
    z.object({ name: z.string(), displayName: z.string(), language: z.string() }),
  ),
  defaultKernelName: z.string(),
  runningKernels: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      executionState: z.string(),
      /** ISO 8601, as the server says it. */
      lastActivity: z.string(),
      connections: z.number().int(),
    }),
  ),
});
export type RemoteServer = z.infer<typeof remoteServerSchema>;
