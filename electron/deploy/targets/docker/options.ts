/** What an engine's targets ask for: which engine, and from where the service may be reached. */
import type { OptionField } from '../../../../shared/deploy';
import { readEngineChoice } from '../../../../shared/engine';
import { type ConnectedEngine, connectEngine } from '../../../engine';
import type { Options } from '../../resources/platform';

export const ENGINE_FIELDS: readonly OptionField[] = [
  {
    key: 'engine',
    label: 'Engine',
    help: 'Empty for the one of this computer; context:NAME for a context of the docker CLI; ssh://user@host or tcp://host:2376.',
    kind: 'text',
    fallback: '',
    choices: [],
    modes: [],
  },
  {
    key: 'certificates',
    label: 'Certificates',
    help: 'For tcp with TLS: a folder of ca.pem, cert.pem and key.pem.',
    kind: 'text',
    fallback: '',
    choices: [],
    modes: [],
  },
];

export const LISTEN_FIELD: OptionField = {
  key: 'listen',
  label: 'Reachable from',
  help: 'The address the port is opened on. 127.0.0.1: from the engine’s computer only; 0.0.0.0: from everywhere that reaches it, without a password.',
  kind: 'choice',
  fallback: '127.0.0.1',
  choices: ['127.0.0.1', '0.0.0.0'],
  modes: ['service'],
};

export const enginePlace = ({ engine, certificates }: Options): Options => ({
  engine: engine ?? '',
  certificates: certificates ?? '',
});

export const openEngine = ({ engine, certificates }: Options): Promise<ConnectedEngine> =>
  connectEngine(readEngineChoice(String(engine ?? ''), String(certificates ?? '')));
