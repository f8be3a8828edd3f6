/** What an engine's refusals are told as, where no engine of a test can be brought to them: they need another user or another time. */
import { expect, it } from 'vitest';
import { whyNoEngine } from './failure';
import type { EnginePlace } from './places';
import { SshEnded } from './ssh-stream';

const at = (address: EnginePlace['address'], certificates: string | null = null): EnginePlace => ({
  ...{ address, source: 'settings', certificates, skipsVerify: false },
});
const tls = at({ kind: 'tcp', host: 'desk', port: 2376 }, '/certificates');
const withCode = (code: string, message = code) => Object.assign(new Error(message), { code });

it('tells a user who may not talk to the engine from an engine that is not there', () => {
  const here = at({ kind: 'socket', path: '/var/run/docker.sock' });
  const there = at({ kind: 'ssh', user: 'ann', host: 'desk', port: null, socket: null });
  const refused =
    'debug1: Sending command: docker system dial-stdio\npermission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock';
  expect([
    whyNoEngine(here, withCode('EACCES')),
    whyNoEngine(there, new SshEnded(1, refused)),
  ]).toMatchObject([
    {
      kind: 'engine-missing',
      message:
        'A Docker engine is at unix:///var/run/docker.sock, but this user may not talk to it.',
      nextSteps: [{ shell: 'sudo usermod -aG docker $USER' }, { label: 'Look again' }],
    },
    {
      kind: 'engine-missing',
      message: 'A Docker engine is on desk, but the user signed in there may not talk to it.',
      nextSteps: [
        { shell: "ssh ann@desk 'sudo usermod -aG docker $USER'" },
        { label: 'Look again' },
        { label: 'Open build settings' },
      ],
    },
  ]);
});

it('names the clock where a certificate does not hold at this time', () => {
  const expiredHere = withCode(
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
    'C0:error:0A000415:SSL routines:ssl3_read_bytes:ssl/tls alert certificate expired',
  );
  const now = /\(.+ \d{4} .+ GMT\)/.source;
  const told = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'].map((code) =>
    whyNoEngine(tls, withCode(code)),
  );
  expect([...told, whyNoEngine(tls, expiredHere)]).toMatchObject(
    [
      `engine at tcp://desk:2376 has expired by the clock of this computer ${now}\\. Set the clock right`,
      `engine at tcp://desk:2376 is not valid yet by the clock of this computer ${now}\\. Set the clock right`,
      'takes the certificate of this computer for expired or not valid yet, by the clock of its host\\. Set that clock right',
    ].map((words) => ({
      kind: 'unauthorized',
      message: expect.stringMatching(words),
      nextSteps: expect.arrayContaining([{ label: 'See the clock', shell: 'date --utc' }]),
    })),
  );
});
