/** What only a cluster asks for. */
import { fail } from '../../../../shared/base/studio-error';
import type { OptionField } from '../../../../shared/deploy';
import type { Options } from '../../resources/platform';

export interface KubeOptions {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly registry: string;
  readonly pullSecret: string;
  readonly exposure: 'port-forward' | 'ingress' | 'nodePort';
  readonly host: string;
  readonly ingressClass: string;
  readonly maxReplicas: number;
  readonly storage: string;
  readonly storageClass: string;
  readonly readOnlyRoot: boolean;
  readonly timeLimit: number;
  readonly retries: number;
}

type Field = Omit<OptionField, 'choices' | 'modes'> & Partial<OptionField>;

const field = (it: Field): OptionField => ({ choices: [], modes: [], ...it });

/** Where: these make the place. */
export const PLACE_KEYS = ['kubeconfig', 'context', 'namespace'] as const;

export const placeFields = (contexts: readonly string[]): OptionField[] => [
  field({
    key: 'kubeconfig',
    label: 'kubeconfig',
    help: 'A file; empty takes KUBECONFIG or the one in your home folder.',
    kind: 'text',
    fallback: '',
  }),
  field({
    key: 'context',
    label: 'Context',
    help: 'Which cluster, as whom; empty takes the current one.',
    kind: 'text',
    fallback: '',
    choices: [...contexts],
  }),
  field({
    key: 'namespace',
    label: 'Namespace',
    help: 'Must be there already; empty takes the context’s own.',
    kind: 'text',
    fallback: '',
  }),
];

export const imageFields = (): OptionField[] => [
  field({
    key: 'registry',
    label: 'Registry',
    help: 'Where the image is pushed to and the nodes take it from: host/team. Empty: it lies on the nodes already.',
    kind: 'text',
    fallback: '',
  }),
  field({
    key: 'pullSecret',
    label: 'Pull secret',
    help: 'A Secret of the namespace with which the nodes sign in to the registry.',
    kind: 'text',
    fallback: '',
  }),
];

export const serviceFields = (): OptionField[] => [
  field({
    key: 'exposure',
    label: 'Reached by',
    help: 'A port-forward from here, an Ingress with a host name, or a port of every node.',
    kind: 'choice',
    fallback: 'port-forward',
    choices: ['port-forward', 'ingress', 'nodePort'],
    modes: ['service'],
  }),
  field({
    key: 'host',
    label: 'Host name',
    help: 'For an Ingress: churn.example.com.',
    kind: 'text',
    fallback: '',
    modes: ['service'],
  }),
  field({
    key: 'ingressClass',
    label: 'Ingress class',
    help: 'Empty takes the cluster’s own.',
    kind: 'text',
    fallback: '',
    modes: ['service'],
  }),
  field({
    key: 'maxReplicas',
    label: 'Replicas at most',
    help: 'More than the replicas: the cluster adds some when the processor is 70 % busy. 0: never.',
    kind: 'number',
    fallback: 0,
    modes: ['service'],
  }),
];

export const runFields = (): OptionField[] => [
  field({
    key: 'storage',
    label: 'Space for runs',
    help: 'A volume that keeps what runs write, 1Gi for example. Empty: gone with the run’s pod.',
    kind: 'text',
    fallback: '',
    modes: ['job', 'scheduled'],
  }),
  field({
    key: 'storageClass',
    label: 'Storage class',
    help: 'Empty takes the cluster’s own.',
    kind: 'text',
    fallback: '',
    modes: ['job', 'scheduled'],
  }),
];

export const limitFields = (): OptionField[] => [
  field({
    key: 'timeLimit',
    label: 'Time limit (minutes)',
    help: 'A run that takes longer is ended. 0: none.',
    kind: 'number',
    fallback: 0,
    modes: ['job', 'scheduled'],
  }),
  field({
    key: 'retries',
    label: 'Retries',
    help: 'How often a run that failed is tried again.',
    kind: 'number',
    fallback: 0,
    modes: ['job', 'scheduled'],
  }),
];

export const readOnlyField = (): OptionField =>
  field({
    key: 'readOnlyRoot',
    label: 'Read-only file system',
    help: 'All but /tmp and the run folder. Off for code that writes beside itself.',
    kind: 'switch',
    fallback: true,
  });

const EXPOSURES = ['port-forward', 'ingress', 'nodePort'] as const;

export function kubeOptions(options: Options): KubeOptions {
  const text = (key: string): string => String(options[key] ?? '').trim();
  const count = (key: string): number => {
    const value = Number(options[key] ?? 0);
    if (Number.isInteger(value) && value >= 0) return value;
    return fail('invalid-input', `“${key}” is a whole number from 0 on, not ${options[key]}.`);
  };
  const exposure = EXPOSURES.find((each) => each === (text('exposure') || 'port-forward'));
  return {
    kubeconfig: text('kubeconfig'),
    context: text('context'),
    namespace: text('namespace'),
    registry: text('registry').replace(/\/+$/, ''),
    pullSecret: text('pullSecret'),
    exposure:
      exposure ??
      fail(
        'invalid-input',
        `A service is reached by ${EXPOSURES.join(', ')}, not ${text('exposure')}.`,
      ),
    host: text('host'),
    ingressClass: text('ingressClass'),
    maxReplicas: count('maxReplicas'),
    storage: text('storage'),
    storageClass: text('storageClass'),
    readOnlyRoot: options.readOnlyRoot !== false && text('readOnlyRoot') !== 'false',
    timeLimit: count('timeLimit'),
    retries: count('retries'),
  };
}
