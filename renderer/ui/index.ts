/** The window's own parts, used by the frame and by every place. */
export { type Call, callOrNotify, notifyError, useCall } from './calls';
export { requestCell, useCellRequest } from './cell-request';
export { type CellFacts, type CellRoleView, showPipeline, useCellSteps } from './cell-steps';
export { ErrorNotices } from './error-notices';
export { FaultLine } from './fault-line';
export { kernelName, kernelStatus, kernelStream, useKernel } from './kernel';
export { KeyValues } from './key-values';
export { LogView } from './log-view';
export { Copy, ErrorNotice, Notice, placeInWords } from './notice';
export { Pill, StepPill, stepColours, type Tone } from './pill';
export { PipelineKeeper } from './pipeline-keeper';
export { Card, EmptyPlace, PlaceFrame, Section, Waiting } from './place-frame';
export { type ShownProblem, useProblems, useReportProblems } from './problems';
export { projectStream, useNotebookPath, useProject } from './project';
export { StatusSign, toneColour } from './status-sign';
export { TaskProgress } from './task-progress';
export { taskStream, useIsWorking, useTask, useTasks } from './tasks';
export { Ago, agoInWords, useNow } from './time';
