/** A Docker engine, here or on another host: containers, no registry needed. */
import type { TargetDescription } from '../../../../shared/deploy';
import type { TargetDriver } from '../../resources/platform';
import { ENGINE_FIELDS, enginePlace, LISTEN_FIELD, openEngine } from './options';
import { DockerPlatform, type DockerPlatformNeeds } from './platform';

const DESCRIPTION: TargetDescription = {
  id: 'docker',
  title: 'Docker engine',
  summary:
    'A container here or on another host, by ssh or TLS. The image is built there; no registry is needed.',
  unavailable: null,
  exports: 'compose.yaml',
  modes: ['job', 'scheduled', 'service'],
  survival: [
    'It goes on when Slipway is closed, and when your session ends.',
    'When it ends by itself it is started again, also after a restart of the engine or its computer.',
    'A schedule is kept in the container itself.',
  ],
  options: [...ENGINE_FIELDS, LISTEN_FIELD],
  heeds: ['port', 'environment', 'secrets', 'resources'],
};

export const dockerDriver = (needs: DockerPlatformNeeds): TargetDriver => ({
  id: 'docker',
  hasDefaultPlace: true,
  describe: () => DESCRIPTION,
  placeOptions: enginePlace,
  open: async (options) => new DockerPlatform(await openEngine(options), needs),
});
