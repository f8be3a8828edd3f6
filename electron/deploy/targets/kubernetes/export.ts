/** The same plan as files for kubectl: plain YAML with one overlay a namespace and context. Holds no secret's value. */
import { stringify } from 'yaml';
import type { Json, Resource } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import {
  environmentResource,
  jobResources,
  KIND,
  labelsOf,
  recordResources,
  serviceResources,
} from './manifests';
import { plainManifest } from './object-kind';
import { kubeOptions } from './options';
import { carriedSecrets, namesOf } from './pod';

const TARGET = 'kubernetes';
const KUSTOMIZE = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/** Path to text. */
export function exportFiles(wanted: Wanted): Record<string, string> {
  const options = kubeOptions(wanted.settings.options);
  const resources = [
    ...recordResources(wanted, TARGET),
    ...environmentResource(wanted, TARGET),
    ...(wanted.mode === 'service'
      ? serviceResources(wanted, options, TARGET)
      : jobResources(wanted, options, TARGET)),
  ];
  const files = resources.map((each): [string, string] => [fileOf(each), yaml(manifestOf(each))]);
  const overlay = overlayOf(wanted, options.context, options.namespace);
  return {
    ...Object.fromEntries(files.map(([name, text]) => [`base/${name}`, text])),
    'base/kustomization.yaml': yaml({ ...KUSTOMIZE, resources: files.map(([name]) => name) }),
    ...overlay,
  };
}

const yaml = (value: Json): string => stringify(value, { lineWidth: 0 });

const fileOf = ({ kind, name }: Resource): string => `${kind.replaceAll(' ', '-')}-${name}.yaml`;

function manifestOf(resource: Resource): Json {
  const kind = Object.values(KIND).find((each) => each.kind === resource.kind) ?? KIND.record;
  return plainManifest(kind, resource);
}

function overlayOf(wanted: Wanted, context: string, named: string): Record<string, string> {
  const { id, revision, settings } = wanted;
  const namespace = named === '' ? 'default' : named;
  const folder = `overlays/${[context, namespace].filter(Boolean).join('-')}`.replaceAll(
    /[^\w./-]/g,
    '-',
  );
  const secrets = carriedSecrets(settings).map(([name]) => name);
  const generator = {
    name: namesOf(id, revision.number).secret,
    envs: ['secrets.env'],
    options: { disableNameSuffixHash: true, labels: labelsOf(wanted, revision, TARGET) },
  };
  const kustomization = {
    ...KUSTOMIZE,
    namespace,
    resources: ['../../base'],
    ...(secrets.length > 0 ? { secretGenerator: [generator] } : {}),
  };
  const flag = context === '' ? '' : ` --context ${context}`;
  return {
    [`${folder}/kustomization.yaml`]: `# kubectl${flag} apply -k ${folder}\n${yaml(kustomization)}`,
    ...(secrets.length > 0
      ? {
          [`${folder}/secrets.env`]: `# The values are written here by hand and stay out of version control.\n${secrets.map((name) => `${name}=\n`).join('')}`,
        }
      : {}),
  };
}
