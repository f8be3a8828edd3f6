/** A second “host” on this machine: an sshd of the test's own on loopback, whose docker command talks to a given engine. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  dropFolder,
  freePort,
  missingPrograms,
  must,
  RunningProgram,
  type Stand,
  standFolder,
} from './stand';

export interface SshHost extends Stand {
  /** `ssh://user@127.0.0.1:port`. */
  readonly address: string;
  /** SLIPWAY_SSH_CONFIG for whoever connects: the stand's key, and its known hosts instead of the person's. */
  readonly config: string;
  /** The known hosts that `config` names; empty it, and the host is unknown. */
  readonly knownHosts: string;
  /** `ssh-ed25519 SHA256:…` of the host's key. */
  readonly fingerprint: string;
  /** What its sshd has written: a line for each connection that was let in. */
  readonly log: () => string;
}

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'];

export function whyNoSshHost(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'an sshd of the test’s own takes root on Linux';
  }
  if (!SSHD.some((path) => existsSync(path))) return 'not installed here: sshd';
  return missingPrograms('ssh', 'ssh-keygen', 'docker');
}

/** `engine` is the address its docker command takes: DOCKER_HOST of that host. */
export async function startSshHost(engine: string): Promise<SshHost> {
  const folder = standFolder('ssh');
  const port = await freePort();
  const inFolder = (name: string) => join(folder, name);
  for (const name of ['host_key', 'client_key', 'other_key']) {
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', inFolder(name)]);
  }
  copyFileSync(inFolder('client_key.pub'), inFolder('authorized_keys'));
  const hostKey = must('cat', [inFolder('host_key.pub')]);
  writeFileSync(inFolder('known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  writeFileSync(inFolder('sshd_config'), serverConfig(folder, port, engine));
  writeFileSync(inFolder('ssh_config'), clientConfig(folder));
  // sshd wants its empty folder; Debian makes it when the service starts.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = SSHD.find((path) => existsSync(path)) ?? 'sshd';
  const program = new RunningProgram(sshd, ['-D', '-e', '-f', inFolder('sshd_config')], folder);
  await program.until(() => isListening(port));
  const [, fingerprint] = must('ssh-keygen', ['-l', '-f', inFolder('host_key.pub')]).split(' ');
  return {
    address: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    config: inFolder('ssh_config'),
    knownHosts: inFolder('known_hosts'),
    fingerprint: `ssh-ed25519 ${fingerprint}`,
    log: () => program.log,
    stop: async () => {
      await program.stop();
      dropFolder(folder);
    },
  };
}

function serverConfig(folder: string, port: number, engine: string): string {
  const path = (process.env.PATH ?? '').split(delimiter).join(':');
  return [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(folder, 'host_key')}`],
    ...[`AuthorizedKeysFile ${join(folder, 'authorized_keys')}`, 'StrictModes no', 'UsePAM no'],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'PermitRootLogin yes'],
    ...['PidFile none', `SetEnv DOCKER_HOST=${engine} PATH=${path}`, ''],
  ].join('\n');
}

function clientConfig(folder: string): string {
  return [
    'Host *',
    `  IdentityFile ${join(folder, 'client_key')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
    '',
  ].join('\n');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
