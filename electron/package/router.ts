import { implement } from '@orpc/server';
import { ok } from '../../shared/base/result';
import { packageContract } from '../../shared/package';
import type { PackageService } from './package-service';

const os = implement(packageContract);

export function packageRouter(service: PackageService) {
  return os.router({
    watch: os.watch.handler(({ signal }) => service.state.watch(signal)),
    generate: os.generate.handler(() => ok({ taskId: service.generate().id })),
    readFile: os.readFile.handler(({ input }) => service.readFile(input.path)),
    configure: os.configure.handler(({ input }) => service.configure(input)),
    run: os.run.handler(({ input }) => ok({ taskId: service.run(input).id })),
    sweep: os.sweep.handler(({ input }) => service.sweepByPlan(input)),
    watchSweep: os.watchSweep.handler(({ signal }) => service.sweeps.state.watch(signal)),
    listRuns: os.listRuns.handler(() => service.listRuns()),
  });
}
