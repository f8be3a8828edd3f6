import { implement } from '@orpc/server';
import { pipelineContract } from '../../shared/pipeline';
import type { PipelineService } from './pipeline-service';

export function pipelineRouter(pipelines: PipelineService) {
  const os = implement(pipelineContract);
  return os.router({
    watch: os.watch.handler(({ input, signal }) => pipelines.watch(input.path, signal)),
    assign: os.assign.handler(({ input }) =>
      pipelines.assign(input.path, input.cellIds, input.role),
    ),
    skip: os.skip.handler(({ input }) =>
      pipelines.assign(input.path, input.cellIds, { kind: 'skip' }),
    ),
    unskip: os.unskip.handler(({ input }) => pipelines.assign(input.path, input.cellIds, null)),
    merge: os.merge.handler(({ input }) => pipelines.merge(input.path, input.stepIds, input.name)),
    split: os.split.handler(({ input }) => pipelines.split(input.path, input.cellId, input.name)),
    rename: os.rename.handler(({ input }) =>
      pipelines.rename(input.path, input.stepId, input.name),
    ),
    promoteLiteral: os.promoteLiteral.handler(({ input }) =>
      pipelines.promoteLiteral(input.path, input),
    ),
    removeParameter: os.removeParameter.handler(({ input }) =>
      pipelines.removeParameter(input.path, input.name),
    ),
    setParameter: os.setParameter.handler(({ input }) =>
      pipelines.setParameter(input.path, input.name, input.change),
    ),
    configureStep: os.configureStep.handler(({ input }) =>
      pipelines.configureStep(input.path, input.stepId, input.choice),
    ),
    setServe: os.setServe.handler(({ input }) => pipelines.setServe(input.path, input.serve)),
    setWhole: os.setWhole.handler(({ input }) => pipelines.setWhole(input.path, input.isWhole)),
    addNotebook: os.addNotebook.handler(({ input }) =>
      pipelines.addNotebook(input.path, input.notebook),
    ),
    removeNotebook: os.removeNotebook.handler(({ input }) =>
      pipelines.removeNotebook(input.path, input.notebook),
    ),
    orderNotebooks: os.orderNotebooks.handler(({ input }) =>
      pipelines.orderNotebooks(input.path, input.notebooks),
    ),
    listNotebooks: os.listNotebooks.handler(({ input }) => pipelines.listNotebooks(input.path)),
    suggestServe: os.suggestServe.handler(({ input }) => pipelines.suggestServe(input.path)),
  });
}
