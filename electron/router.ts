/** Every stage's answers, in the order of the road. */
import { buildRouter } from './build/router';
import type { Studio } from './compose';
import { connectRouter } from './connect';
import { deployRouter } from './deploy';
import { estimateRouter } from './estimate';
import { notebookRouter } from './notebook';
import { operateRouter } from './operate';
import { packageRouter } from './package';
import { pipelineRouter } from './pipeline';
import { projectRouter } from './project/router';
import { taskRouter } from './task/router';

export function studioRouter(studio: Studio) {
  return {
    task: taskRouter(studio.tasks),
    project: projectRouter(studio.project),
    connect: connectRouter(studio.connect),
    notebook: notebookRouter(studio.notebook),
    pipeline: pipelineRouter(studio.pipeline),
    package: packageRouter(studio.packages),
    build: buildRouter(studio.build),
    estimate: estimateRouter(studio.estimate),
    deploy: deployRouter(studio.deploy),
    operate: operateRouter(studio.operate),
  };
}
