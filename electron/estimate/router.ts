import { implement } from '@orpc/server';
import { estimateContract } from '../../shared/estimate';
import type { EstimateService } from './estimate-service';

export function estimateRouter(estimates: EstimateService) {
  const os = implement(estimateContract);
  return os.router({
    watch: os.watch.handler(({ signal }) => estimates.state.watch(signal)),
    setMode: os.setMode.handler(({ input }) => estimates.setMode(input.mode)),
    setAssumption: os.setAssumption.handler(({ input }) =>
      estimates.setAssumption(input.key, input.value),
    ),
    setAssumptions: os.setAssumptions.handler(({ input }) =>
      estimates.setAssumptions(input.values),
    ),
    chooseTarget: os.chooseTarget.handler(({ input }) => estimates.chooseTarget(input.targetId)),
    markShown: os.markShown.handler(({ input }) => estimates.markShown(input.estimateId)),
  });
}
