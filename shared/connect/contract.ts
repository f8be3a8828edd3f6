import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { environmentIdSchema, taskIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { environmentListSchema } from './environment';
import { kernelStateSchema, remoteServerSchema } from './kernel';

const taskStarted = resultOf(z.object({ taskId: taskIdSchema }));

/** `url` may be the address a Jupyter server prints, with `?token=` in it; `token` wins where both are given. */
export const remoteAddressSchema = z.object({ url: z.string(), token: z.string() });
export type RemoteAddress = z.infer<typeof remoteAddressSchema>;

export const connectContract = {
  /** The Python environments found so far; the search goes on while `activity` is `searching`. */
  watchEnvironments: oc.output(eventIterator(environmentListSchema)),
  /** Looks again. `notebookPath` says where "near the notebook" is; without it the last one stays. */
  refreshEnvironments: oc
    .input(z.object({ notebookPath: z.string().nullable().optional() }))
    .output(doneOrError),
  /** Top-level module names (`sklearn`); each environment's `imports` then says which are missing. */
  checkImports: oc.input(z.object({ imports: z.array(z.string()) })).output(doneOrError),

  /** The kernel's state: idle, busy, dead with its error and buttons. */
  watchKernel: oc.output(eventIterator(kernelStateSchema)),
  /** Starts a kernel in a local environment, with the notebook's folder as its working folder. */
  connectLocal: oc
    .input(z.object({ environmentId: environmentIdSchema, notebookPath: z.string().optional() }))
    .output(taskStarted),
  /** Kernel specs and running kernels of a remote Jupyter server. */
  listRemote: oc.input(remoteAddressSchema).output(resultOf(remoteServerSchema)),
  /** Starts `kernelName` (or the server's default) there, or attaches to the running `kernelId`. */
  connectRemote: oc
    .input(
      remoteAddressSchema.extend({
        kernelName: z.string().optional(),
        kernelId: z.string().optional(),
      }),
    )
    .output(taskStarted),

  /** Makes an environment with ipykernel and what these imports need, then connects to it. */
  createEnvironment: oc
    .input(
      z.object({
        imports: z.array(z.string()),
        name: z.string().optional(),
        /** A version (`3.12`) or a path; the app's own Python where absent. */
        python: z.string().optional(),
        connect: z.boolean().default(true),
      }),
    )
    .output(taskStarted),
  /** Installs what is missing. An environment that is not ours is changed only when `isAgreed`. */
  installMissing: oc
    .input(
      z.object({
        environmentId: environmentIdSchema,
        imports: z.array(z.string()),
        isAgreed: z.boolean().default(false),
      }),
    )
    .output(taskStarted),

  interrupt: oc.output(doneOrError),
  restart: oc.output(doneOrError),
  /** After `disconnected`: finds the same kernel again; after the private server died: starts both anew. */
  reconnect: oc.output(doneOrError),
  /** Ends a local kernel; leaves a remote one running. */
  disconnect: oc.output(doneOrError),
};
