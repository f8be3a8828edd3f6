import type { OptionField } from '../../../../shared/deploy';
import { TARGET_TITLES } from '../../../../shared/estimate';
import type { TargetDriver } from '../../resources/platform';
import { offeredContexts } from '../kubernetes/contexts';
import { openPlace, placeOptions } from '../kubernetes/driver';
import { imageFields, limitFields, placeFields, readOnlyField } from '../kubernetes/options';
import type { ImageMaker } from '../target';
import { argoPlatform, TARGET } from './platform';

export interface ArgoNeeds {
  readonly images: ImageMaker;
  /** How long a try whether it starts may take. */
  readonly readyMs?: number;
}

const READY_MS = 600_000;

export function argoWorkflowsDriver({ images, readyMs = READY_MS }: ArgoNeeds): TargetDriver {
  return {
    id: TARGET,
    hasDefaultPlace: false,
    describe: () => ({
      id: TARGET,
      title: TARGET_TITLES[TARGET],
      summary: 'One pod a step on a cluster with Argo, results handed on through its own storage.',
      unavailable: null,
      exports: 'YAML with kustomize overlays',
      modes: ['job', 'scheduled'],
      survival: [
        'It goes on when this app is closed or this computer is off.',
        'Runs of a schedule start by the cluster’s clock.',
        'A run that failed can go on at the step that failed.',
      ],
      options: [
        ...placeFields(offeredContexts()),
        ...imageFields(),
        ...limitFields(),
        ...argoFields(),
        readOnlyField(),
      ],
      heeds: ['environment', 'secrets', 'resources'],
    }),
    placeOptions,
    open: async (options) => {
      const { cluster, place, namespace } = await openPlace(options);
      return argoPlatform({ cluster, namespace, target: TARGET }, place, { images, readyMs });
    },
  };
}

const argoFields = (): OptionField[] => [
  {
    key: 'serviceAccount',
    label: 'Service account',
    help: 'As whom the pods run; it needs Argo’s role argo-executor. Empty: default.',
    kind: 'text',
    fallback: '',
    choices: [],
    modes: [],
  },
  {
    key: 'stepResources',
    label: 'Single steps',
    help: 'What single steps may take, processors, GiB and minutes: train=2x4@90m, report=@5m.',
    kind: 'text',
    fallback: '',
    choices: [],
    modes: [],
  },
];
