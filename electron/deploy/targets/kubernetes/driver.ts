import { createHash } from 'node:crypto';
import { TARGET_TITLES } from '../../../../shared/estimate';
import type { Options, Place, TargetDriver } from '../../resources/platform';
import type { ImageMaker } from '../target';
import { type Cluster, openCluster } from './cluster';
import { offeredContexts } from './contexts';
import {
  imageFields,
  kubeOptions,
  limitFields,
  PLACE_KEYS,
  placeFields,
  readOnlyField,
  runFields,
  serviceFields,
} from './options';
import { kubernetesPlatform } from './platform';

export interface KubernetesNeeds {
  readonly images: ImageMaker;
  /** How long a pod may take to be ready. */
  readonly readyMs?: number;
}

const READY_MS = 600_000;

export function kubernetesDriver({ images, readyMs = READY_MS }: KubernetesNeeds): TargetDriver {
  return {
    id: 'kubernetes',
    hasDefaultPlace: false,
    describe: () => ({
      id: 'kubernetes',
      title: TARGET_TITLES.kubernetes,
      summary: 'A namespace of a cluster, as your own kubeconfig reaches it.',
      unavailable: null,
      exports: 'YAML with kustomize overlays',
      modes: ['service', 'job', 'scheduled'],
      survival: [
        'It goes on when this app is closed or this computer is off.',
        'A pod that ends is started again; one whose node is gone starts on another.',
        'Runs of a schedule start by the cluster’s clock.',
      ],
      options: [
        ...placeFields(offeredContexts()),
        ...imageFields(),
        ...serviceFields(),
        ...runFields(),
        ...limitFields(),
        readOnlyField(),
      ],
      heeds: ['port', 'environment', 'secrets', 'resources', 'replicas'],
    }),
    placeOptions,
    open: async (options) => {
      const { cluster, place, namespace } = await openPlace(options);
      const space = { cluster, namespace, target: 'kubernetes' };
      return kubernetesPlatform(space, place, { images, readyMs });
    },
  };
}

export const placeOptions = (options: Options): Options =>
  Object.fromEntries(PLACE_KEYS.map((key) => [key, options[key] ?? '']));

/** Asks who is asking: a sign-in that has expired shows here. */
export async function openPlace(
  options: Options,
): Promise<{ cluster: Cluster; place: Place; namespace: string }> {
  const { kubeconfig, context, namespace: wanted } = kubeOptions(options);
  const { cluster, namespace: own } = await openCluster(kubeconfig, context);
  const namespace = wanted === '' ? own : wanted;
  const user = await whoAmI(cluster);
  const mark = createHash('sha256').update(cluster.server).digest('hex').slice(0, 6);
  return {
    cluster,
    namespace,
    place: {
      id: `${cluster.context}-${mark}/${namespace}`,
      title: `Cluster ${cluster.context} (${cluster.server}), namespace ${namespace}, as ${user}`,
    },
  };
}

async function whoAmI(cluster: Cluster): Promise<string> {
  const review = await cluster.call<{ status?: { userInfo?: { username?: string } } }>(
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    {
      method: 'POST',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    },
  );
  return review.status?.userInfo?.username ?? 'an unknown user';
}
