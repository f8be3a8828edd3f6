/** Where an engine is, seen from here; and what all its targets check. */
import { createServer } from 'node:net';
import type { DeploySettings } from '../../../../shared/deploy';
import type { CheckItem } from '../../resources/platform';
import type { DeployablePackage } from '../target';

export const isLocal = (address: string): boolean =>
  address.startsWith('unix:') || address.startsWith('npipe:');

export const hostOf = (address: string): string =>
  isLocal(address) ? '127.0.0.1' : new URL(address).hostname;

/** Its loopback is ours: an engine by ssh is elsewhere, whatever its address says. */
export const isHere = (address: string): boolean =>
  isLocal(address) || /^tcp:\/\/(127\.|localhost)/.test(address);

/** On this computer. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .once('listening', () => server.close(() => resolve(true)));
    server.listen(port, '127.0.0.1');
  });
}

export function checkService(settings: DeploySettings, made: DeployablePackage): CheckItem[] {
  return settings.mode === 'service' && !made.hasService ? [NO_SERVICE] : [];
}

const NO_SERVICE: CheckItem = {
  label: 'Service',
  status: 'failed',
  detail: 'The package has no service. Choose what to serve in the package first.',
};
