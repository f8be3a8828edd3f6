/** The edits of a pipeline, on the notebook that is open; a failure becomes a notification. */
import type { CellId } from '../../shared/base/ids';
import type { ParameterOverride, Step, StepChoice } from '../../shared/pipeline';
import type { Studio } from '../studio';
import { callOrNotify, projectStream } from '../ui';

type Pipeline = Studio['pipeline'];
export type CellRole = Parameters<Pipeline['assign']>[0]['role'];

function onNotebook(
  verb: (pipeline: Pipeline, path: string) => ReturnType<Pipeline['skip']>,
): void {
  const path = projectStream.read()?.open?.path;
  if (path !== undefined) void callOrNotify((studio) => verb(studio.pipeline, path));
}

export const assignCells = (cellIds: CellId[], role: CellRole) =>
  onNotebook((pipeline, path) => pipeline.assign({ path, cellIds, role }));

export const skipCells = (cellIds: CellId[]) =>
  onNotebook((pipeline, path) => pipeline.skip({ path, cellIds }));

export const unskipCells = (cellIds: CellId[]) =>
  onNotebook((pipeline, path) => pipeline.unskip({ path, cellIds }));

export const mergeSteps = (stepIds: Step['id'][]) =>
  onNotebook((pipeline, path) => pipeline.merge({ path, stepIds }));

export const splitAt = (cellId: CellId) =>
  onNotebook((pipeline, path) => pipeline.split({ path, cellId }));

export const renameStep = (stepId: Step['id'], name: string) =>
  onNotebook((pipeline, path) => pipeline.rename({ path, stepId, name }));

export const configureStep = (stepId: Step['id'], choice: StepChoice) =>
  onNotebook((pipeline, path) => pipeline.configureStep({ path, stepId, choice }));

export const setWhole = (isWhole: boolean) =>
  onNotebook((pipeline, path) => pipeline.setWhole({ path, isWhole }));

export const removeNotebook = (notebook: string) =>
  onNotebook((pipeline, path) => pipeline.removeNotebook({ path, notebook }));

export const orderNotebooks = (notebooks: string[]) =>
  onNotebook((pipeline, path) => pipeline.orderNotebooks({ path, notebooks }));

export const removeParameter = (name: string) =>
  onNotebook((pipeline, path) => pipeline.removeParameter({ path, name }));

export const setParameter = (name: string, change: ParameterOverride) =>
  onNotebook((pipeline, path) => pipeline.setParameter({ path, name, change }));
