import { implement } from '@orpc/server';
import { deployContract } from '../../shared/deploy';
import type { DeployService } from './deploy-service';

export function deployRouter(deploys: DeployService) {
  const os = implement(deployContract);
  return os.router({
    watch: os.watch.handler(({ signal }) => deploys.state.watch(signal)),
    chooseTarget: os.chooseTarget.handler(({ input }) => deploys.chooseTarget(input.targetId)),
    setSettings: os.setSettings.handler(({ input }) => deploys.setSettings(input)),
    check: os.check.handler(() => deploys.check()),
    plan: os.plan.handler(() => deploys.plan()),
    exportFiles: os.exportFiles.handler(() => deploys.exportFiles()),
    discardPlan: os.discardPlan.handler(() => deploys.discardPlan()),
    apply: os.apply.handler(({ input }) => deploys.startApply(input.planId)),
  });
}
