/** Another revision becomes the current one; if it does not come up, the one before does again. */
import { fail } from '../../../../shared/base/studio-error';
import {
  type DeploymentRecord,
  deploymentPaths,
  type SupervisorState,
} from '../../../../shared/deploy';
import { readState, writeRecord } from '../../../base/deployment-files';
import type { TaskContext } from '../../../task';
import { isUp } from './apply';
import {
  type SupervisorProgram,
  sendCommand,
  startSupervisor,
  waitFor,
} from './supervisor-control';

const READY_TIMEOUT_MS = 180_000;

export async function changeRevision(
  folder: string,
  record: DeploymentRecord,
  number: number,
  program: SupervisorProgram,
  task: TaskContext,
): Promise<void> {
  if (!record.revisions.some((each) => each.number === number)) {
    fail('not-found', `“${record.id}” has no revision ${number}.`);
  }
  task.progress(null, `Changing to revision ${number}`);
  await switchTo(folder, { ...record, currentRevision: number, wanted: 'up' }, program);
  const isOver = (state: SupervisorState | null) =>
    state?.revision === number && (isUp(state) || state.status === 'failed');
  await waitFor(folder, READY_TIMEOUT_MS, isOver, task.signal);
  const state = await readState(folder);
  if (state?.revision === number && isUp(state)) return;
  await switchTo(folder, record, program);
  fail(
    'environment',
    `Revision ${number} did not become ready, so revision ${record.currentRevision} was started again.`,
    { place: { path: deploymentPaths(folder).log }, detail: state?.detail },
  );
}

async function switchTo(
  folder: string,
  record: DeploymentRecord,
  program: SupervisorProgram,
): Promise<void> {
  await writeRecord(folder, record);
  await startSupervisor(folder, program);
  await sendCommand(folder, 'reload');
}
