/** The public file of the pipeline stage in the host. */

export { type PipelineNeeds, PipelineService } from './pipeline-service';
export { keysOf } from './recording-file';
export { pipelineRouter } from './router';
export { withRunFiles } from './run-files';
