import { implement } from '@orpc/server';
import { buildContract } from '../../shared/build';
import type { BuildService } from './index';

export function buildRouter(build: BuildService) {
  const os = implement(buildContract);
  return os.router({
    watch: os.watch.handler(({ signal }) => build.state.watch(signal)),
    checkEngine: os.checkEngine.handler(() => build.checkEngine()),
    configure: os.configure.handler(({ input }) => build.configure(input)),
    start: os.start.handler(() => build.start()),
    push: os.push.handler(() => build.startPush()),
    lookAtKept: os.lookAtKept.handler(() => build.lookAtKept()),
    cleanUp: os.cleanUp.handler(({ input }) => build.cleanUp(input.ids)),
  });
}
