/** Docker Swarm: a service of the swarm an engine manages, replaced one by one. */
import { StudioFailure, studioError } from '../../../../shared/base/studio-error';
import type { OptionField, TargetDescription } from '../../../../shared/deploy';
import type { TargetDriver } from '../../resources/platform';
import { ENGINE_FIELDS, enginePlace, openEngine } from '../docker/options';
import type { DockerPlatformNeeds } from '../docker/platform';
import { SwarmPlatform } from './platform';

const PUBLISH_FIELD: OptionField = {
  key: 'publish',
  label: 'Port opened',
  help: 'ingress: on every node, through the routing mesh; host: on the nodes where it runs, one copy a node.',
  kind: 'choice',
  fallback: 'ingress',
  choices: ['ingress', 'host'],
  modes: ['service'],
};

const DESCRIPTION: TargetDescription = {
  id: 'docker-swarm',
  title: 'Docker Swarm',
  summary:
    'A replicated service of a swarm: rolling updates, secrets, several copies side by side.',
  unavailable: null,
  exports: null,
  modes: ['job', 'scheduled', 'service'],
  survival: [
    'It goes on when Slipway is closed, and the swarm starts it again when it ends or its node is lost.',
    'A new revision is up before the one before goes; one that does not come up is taken back.',
    'A schedule is kept in the container itself.',
  ],
  options: [...ENGINE_FIELDS, PUBLISH_FIELD],
  heeds: ['port', 'environment', 'secrets', 'resources', 'replicas'],
};

export const dockerSwarmDriver = (needs: DockerPlatformNeeds): TargetDriver => ({
  id: 'docker-swarm',
  hasDefaultPlace: false,
  describe: () => DESCRIPTION,
  placeOptions: enginePlace,
  open: async (options) => {
    const engine = await openEngine(options);
    if (engine.who.isSwarmManager) return new SwarmPlatform(engine, needs);
    engine.close();
    throw new StudioFailure(
      studioError(
        'precondition',
        `The engine on ${engine.who.name} manages no swarm. Make one there, or name the engine of a manager.`,
        { nextSteps: [{ label: 'Make a swarm of this engine', shell: 'docker swarm init' }] },
      ),
    );
  },
});
