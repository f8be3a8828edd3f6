import { implement } from '@orpc/server';
import { operateContract } from '../../shared/operate';
import { begun, type OperateService } from './operate-service';

export function operateRouter(operate: OperateService) {
  const os = implement(operateContract);
  return os.router({
    watch: os.watch.handler(({ signal }) => operate.watch(signal)),
    refresh: os.refresh.handler(() => operate.refresh()),
    followLogs: os.followLogs.handler(({ input, signal }) =>
      operate.followLogs(input.id, input.tail, signal),
    ),
    searchLogs: os.searchLogs.handler(({ input }) => operate.searchLogs(input.id, input.text)),
    start: os.start.handler(({ input }) => begun(operate.command(input.id, 'start'))),
    stop: os.stop.handler(({ input }) => begun(operate.command(input.id, 'stop'))),
    restart: os.restart.handler(({ input }) => begun(operate.command(input.id, 'restart'))),
    rollback: os.rollback.handler(({ input }) => begun(operate.rollback(input.id, input.revision))),
    remove: os.remove.handler(({ input }) => begun(operate.remove(input.id))),
    runNow: os.runNow.handler(({ input }) => begun(operate.command(input.id, 'run'))),
    predict: os.predict.handler(({ input }) => operate.predict(input.id, input.body)),
    serviceForm: os.serviceForm.handler(({ input }) => operate.serviceForm(input.id)),
  });
}
