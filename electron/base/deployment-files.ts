/**
 * Reads and writes the two files of a deployment on this computer; state.json is only ever read here. The supervisor
 * reads them too and must carry no target with it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentId } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import {
  type DeploymentRecord,
  deploymentPaths,
  deploymentRecordSchema,
  type SupervisorState,
  supervisorStateSchema,
} from '../../shared/deploy';
import { writeJson } from './files';

export const deploymentFolder = (home: string, id: DeploymentId): string =>
  join(home, 'deployments', id);

export async function readRecord(folder: string): Promise<DeploymentRecord> {
  const text = await readFile(deploymentPaths(folder).record, 'utf8');
  return deploymentRecordSchema.parse(JSON.parse(text));
}

/** Null where there is none or it can't be read. */
export const findRecord = (folder: string): Promise<DeploymentRecord | null> =>
  readRecord(folder).catch(() => null);

export async function needRecord(home: string, id: DeploymentId): Promise<DeploymentRecord> {
  const record = await findRecord(deploymentFolder(home, id));
  return record ?? fail('not-found', `There is no deployment “${id}” on this computer.`);
}

export const writeRecord = (folder: string, record: DeploymentRecord): Promise<void> =>
  writeJson(deploymentPaths(folder).record, record);

export async function readState(folder: string): Promise<SupervisorState | null> {
  try {
    const text = await readFile(deploymentPaths(folder).state, 'utf8');
    return supervisorStateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function listRecords(home: string): Promise<DeploymentRecord[]> {
  const names = await readdir(join(home, 'deployments')).catch(() => []);
  const records = await Promise.all(
    names.map((name) => findRecord(join(home, 'deployments', name))),
  );
  return records.filter((record) => record !== null);
}
