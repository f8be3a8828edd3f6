/** Whether a package can be deployed here, each point with a sentence. */
import { constants } from 'node:fs';
import { access, mkdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioFailure } from '../../../../shared/base/studio-error';
import type { TargetCheck } from '../../../../shared/deploy';
import { parseSchedule } from '../../../estimate';
import type { DeployRequest } from '../target';
import { isPortFree } from './ports';

type Item = TargetCheck['items'][number];

const ENOUGH_BYTES = 1_000_000_000;

export async function checkThisComputer(
  home: string,
  { settings, package: made }: Pick<DeployRequest, 'settings' | 'package'>,
  ownPort: number | null,
): Promise<TargetCheck> {
  const items = await Promise.all([
    checkFolder(home),
    checkDisk(home),
    checkLock(made.folder),
    ...(settings.mode === 'service' ? [checkService(made), checkPort(settings.port, ownPort)] : []),
    ...(settings.mode === 'scheduled' ? [checkSchedule(settings.schedule)] : []),
  ]);
  return { items, isReady: items.every((item) => item.status !== 'failed') };
}

async function checkFolder(home: string): Promise<Item> {
  const label = 'Folder for deployments';
  const folder = join(home, 'deployments');
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return { label, status: 'ok', detail: folder };
  } catch {
    return {
      label,
      status: 'failed',
      detail: `${folder} may not be written. Choose another home with SLIPWAY_HOME.`,
    };
  }
}

async function checkDisk(home: string): Promise<Item> {
  const label = 'Free space';
  const disk = await statfs(home).catch(() => null);
  if (!disk) return { label, status: 'warning', detail: 'The free space could not be read.' };
  const bytes = disk.bavail * disk.bsize;
  const detail = `${(bytes / 1e9).toFixed(1)} GB free`;
  return bytes < ENOUGH_BYTES
    ? { label, status: 'warning', detail: `${detail}. An environment often takes 1 GB.` }
    : { label, status: 'ok', detail };
}

async function checkLock(folder: string): Promise<Item> {
  const label = 'Locked packages';
  return readFile(join(folder, 'requirements.lock'), 'utf8').then(
    (text): Item => ({
      label,
      status: 'ok',
      detail: `${text.match(/^[A-Za-z0-9]/gm)?.length ?? 0} packages with versions`,
    }),
    (): Item => ({
      label,
      status: 'failed',
      detail: 'The package has no requirements.lock. Make the package again.',
    }),
  );
}

async function checkService(made: DeployRequest['package']): Promise<Item> {
  const label = 'Service';
  return made.hasService
    ? { label, status: 'ok', detail: `${made.name}.service answers /predict` }
    : {
        label,
        status: 'failed',
        detail: 'The package has no service. Choose what to serve in the package first.',
      };
}

async function checkPort(port: number | null, ownPort: number | null): Promise<Item> {
  const label = 'Port';
  if (port === null) return { label, status: 'ok', detail: 'The first free one is taken' };
  if (port === ownPort || (await isPortFree(port)))
    return { label, status: 'ok', detail: `Port ${port} is free` };
  return {
    label,
    status: 'failed',
    detail: `Port ${port} is used by another program. Choose another, or let a free one be found.`,
  };
}

async function checkSchedule(schedule: DeployRequest['settings']['schedule']): Promise<Item> {
  const label = 'Schedule';
  if (!schedule) return { label, status: 'failed', detail: 'A scheduled job needs a schedule.' };
  try {
    const next = parseSchedule(schedule.cron, schedule.timeZone).nextRun();
    return next
      ? { label, status: 'ok', detail: `Next run ${next.toISOString()}` }
      : { label, status: 'failed', detail: `The schedule “${schedule.cron}” never fires.` };
  } catch (thrown) {
    const detail =
      thrown instanceof StudioFailure ? thrown.message : `“${schedule.timeZone}” is no time zone.`;
    return { label, status: 'failed', detail };
  }
}
