import { implement } from '@orpc/server';
import { ok } from '../../shared/base/result';
import { connectContract } from '../../shared/connect/contract';
import type { StartedTask } from '../task';
import type { ConnectService } from './index';

export function connectRouter(connect: ConnectService) {
  const os = implement(connectContract);
  return os.router({
    watchEnvironments: os.watchEnvironments.handler(({ signal }) =>
      connect.environments.watch(signal),
    ),
    refreshEnvironments: os.refreshEnvironments.handler(({ input }) =>
      connect.refreshEnvironments(input),
    ),
    checkImports: os.checkImports.handler(({ input }) => connect.checkImports(input.imports)),
    watchKernel: os.watchKernel.handler(({ signal }) => connect.kernel.watch(signal)),
    connectLocal: os.connectLocal.handler(({ input }) =>
      started(connect.connectLocal(input.environmentId, input)),
    ),
    listRemote: os.listRemote.handler(({ input }) => connect.listRemote(input)),
    connectRemote: os.connectRemote.handler(({ input }) => started(connect.connectRemote(input))),
    createEnvironment: os.createEnvironment.handler(({ input: { imports, ...wish } }) =>
      started(connect.createEnvironmentFor(imports, wish)),
    ),
    installMissing: os.installMissing.handler(({ input }) =>
      started(connect.installMissing(input.environmentId, input.imports, input.isAgreed)),
    ),
    interrupt: os.interrupt.handler(() => connect.interrupt()),
    restart: os.restart.handler(() => connect.restart()),
    reconnect: os.reconnect.handler(() => connect.reconnect()),
    disconnect: os.disconnect.handler(() => connect.disconnect()),
  });
}

/** The task's id at once; its end is told by the task list and the state streams. */
function started<T>(task: StartedTask<T>) {
  return ok({ taskId: task.id });
}
