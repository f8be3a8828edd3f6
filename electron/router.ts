/** Every stage's answers, in the order of the road. */
import { buildRouter } from './build/router';
import type { Studio } from './compose';
import { connectRouter } from './connect';
import { notebookRouter } from './notebook';
import { projectRouter } from './project/router';
import { taskRouter } from './task/router';

export function studioRouter(studio: Studio) {
  return {
    task: taskRouter(studio.tasks),
    project: projectRouter(studio.project),
    connect: connectRouter(studio.connect),
    notebook: notebookRouter(studio.notebook),
    build: buildRouter(studio.build),
  };
}
