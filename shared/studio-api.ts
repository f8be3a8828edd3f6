/** The whole contract between the window and the studio host, gathered from each stage's slice. */
import { buildContract } from './build/contract';
import { connectContract } from './connect/contract';
import { deployContract } from './deploy/contract';
import { estimateContract } from './estimate/contract';
import { notebookContract } from './notebook/contract';
import { operateContract } from './operate/contract';
import { packageContract } from './package/contract';
import { pipelineContract } from './pipeline/contract';
import { projectContract } from './project/contract';
import { taskContract } from './task/contract';

export const studioContract = {
  task: taskContract,
  project: projectContract,
  connect: connectContract,
  notebook: notebookContract,
  pipeline: pipelineContract,
  package: packageContract,
  build: buildContract,
  estimate: estimateContract,
  deploy: deployContract,
  operate: operateContract,
};
