import { implement } from '@orpc/server';
import { projectContract } from '../../shared/project';
import type { ProjectService } from './index';

export function projectRouter(project: ProjectService) {
  const os = implement(projectContract);
  return os.router({
    watch: os.watch.handler(({ signal }) => project.state.watch(signal)),
    open: os.open.handler(({ input }) => project.open(input.path)),
    openSample: os.openSample.handler(({ input }) => project.openSample(input.id)),
    close: os.close.handler(() => project.close()),
    forget: os.forget.handler(({ input }) => project.forget(input.path)),
    setSettings: os.setSettings.handler(({ input }) => project.setSettings(input)),
  });
}
