/** Why an engine does not answer, in one sentence with its next step. */
import { isAbort, type StudioError, studioError } from '../../shared/base/studio-error';
import { formatEngineAddress, type SshAddress } from '../../shared/engine';
import type { EnginePlace } from './places';
import { SshEnded } from './ssh-stream';

const again = { label: 'Look again', command: 'build.checkEngine' };
const settings = { label: 'Open build settings', command: 'build.settings' };

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

export function noSuchContext(name: string, isThere: boolean): StudioError {
  return studioError(
    'engine-missing',
    isThere
      ? `The Docker context “${name}” holds no Docker engine.`
      : `There is no Docker context “${name}” on this computer.`,
    { nextSteps: [{ label: 'See the contexts', shell: 'docker context ls' }, settings] },
  );
}

export function whyNoEngine(place: EnginePlace, thrown: unknown): StudioError {
  const { address } = place;
  if (thrown instanceof SshEnded && address.kind === 'ssh') return whyNoSsh(address, thrown);
  const where = formatEngineAddress(address);
  const detail = String(thrown);
  const code = codeOf(thrown);
  if (address.kind === 'ssh' && code === 'ENOENT') {
    return missing('The program ssh is not installed on this computer.', detail, [settings]);
  }
  if (address.kind === 'tcp') {
    return whyNoTls(where, code, detail) ?? unreachable(where, thrown);
  }
  if (address.kind === 'ssh') return unreachable(where, thrown);
  if (code === 'EACCES') {
    return missing(`A Docker engine is at ${where}, but this user may not talk to it.`, detail, [
      { label: 'Allow it', shell: 'sudo usermod -aG docker $USER' },
      again,
    ]);
  }
  if (place.source.startsWith('found')) {
    return missing(
      'No Docker engine answers on this computer. Everything but the image works without one.',
      detail,
      [startEngine(), again],
    );
  }
  return missing(
    `No Docker engine answers at ${where}, the address of ${saidBy(place.source)}.`,
    detail,
    [startEngine(), settings, again],
  );
}

/** It answered before, and broke off now. */
export function engineWentAway(place: EnginePlace, thrown: unknown): StudioError {
  return studioError(
    'engine-missing',
    `The Docker engine at ${formatEngineAddress(place.address)} went away in the middle of the work. What it had finished is kept there; start it, then try again.`,
    { nextSteps: [startEngine(), again], detail: String(thrown) },
  );
}

const saidBy = (source: string): string =>
  source.startsWith('context ') ? `the Docker ${source}` : source;

function startEngine() {
  if (process.platform === 'linux')
    return { label: 'Start it', shell: 'sudo systemctl start docker' };
  return { label: 'Start Docker Desktop or Podman, then look again' };
}

const missing = (
  message: string,
  detail: string,
  nextSteps: StudioError['nextSteps'],
): StudioError => studioError('engine-missing', message, { nextSteps, detail });

function unreachable(where: string, thrown: unknown): StudioError {
  const how = isAbort(thrown) ? 'did not answer in time' : 'cannot be reached';
  return studioError(
    'server-unreachable',
    `The Docker engine at ${where} ${how}. Is that host up, and is its engine listening there?`,
    { nextSteps: [again, settings], detail: String(thrown) },
  );
}

function whyNoTls(where: string, code: string, detail: string): StudioError | null {
  const say = (kind: StudioError['kind'], message: string) =>
    studioError(kind, message, { nextSteps: [settings, again], detail });
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_UNTRUSTED|DEPTH_ZERO/.test(code)) {
    return say(
      'unauthorized',
      `The certificate of the engine at ${where} was not made by the CA in ca.pem: this may be another host. Take the ca.pem that belongs to this engine.`,
    );
  }
  const words = `${code} ${detail.replaceAll(' ', '_')}`;
  if (/CERT_(HAS_EXPIRED|NOT_YET_VALID)/.test(code)) {
    const how = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return outOfTime(
      `The certificate of the engine at ${where} ${how} by the clock of this computer (${new Date().toUTCString()}). Set the clock right; if it is, the certificate has to be renewed.`,
      detail,
    );
  }
  if (/ALERT_CERTIFICATE_EXPIRED/i.test(words)) {
    return outOfTime(
      `The engine at ${where} takes the certificate of this computer for expired or not valid yet, by the clock of its host. Set that clock right; if it is, renew cert.pem.`,
      detail,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return say(
      'unauthorized',
      `The certificate of the engine at ${where} is made out to another name. Use the name it is made out to.`,
    );
  }
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE/i.test(words)) {
    return say(
      'unauthorized',
      `The engine at ${where} does not accept the certificate of this computer. Its folder needs a cert.pem and key.pem made by the engine's CA.`,
    );
  }
  if (/to an HTTPS server|HTTPS_server/i.test(detail)) {
    return say(
      'unauthorized',
      `The engine at ${where} wants TLS. Give the folder of ca.pem, cert.pem and key.pem.`,
    );
  }
  if (/WRONG_VERSION_NUMBER|packet_length/i.test(`${code} ${detail}`)) {
    return say('unauthorized', `What listens at ${where} does not speak TLS.`);
  }
  return null;
}

const outOfTime = (message: string, detail: string): StudioError =>
  studioError('unauthorized', message, {
    nextSteps: [{ label: 'See the clock', shell: 'date --utc' }, settings, again],
    detail,
  });

function whyNoSsh(address: SshAddress, { stderr, exitCode }: SshEnded): StudioError {
  const where = formatEngineAddress(address);
  const host = address.host;
  const detail = stderr
    .split('\n')
    .filter((line) => !/^(debug\d:|OpenSSH_)/.test(line))
    .join('\n')
    .trim();
  const say = (kind: StudioError['kind'], message: string, steps: StudioError['nextSteps'] = []) =>
    studioError(kind, message, { nextSteps: [...steps, again, settings], detail });
  const connectOnce = { label: 'Connect once by hand', shell: sshByHand(address) };

  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
    return say(
      'unauthorized',
      `The host ${host} shows another key than the one that is known (${fingerprint(stderr)}). It was set up anew, or this is another host: nothing was sent to it.`,
      [{ label: 'Forget the old key', shell: `ssh-keygen -R ${knownName(address)}` }],
    );
  }
  if (/Host key verification failed|host key is known for/.test(stderr)) {
    return say(
      'unauthorized',
      `The host ${host} is not known on this computer; its key is ${fingerprint(stderr)}. Compare it with what its keeper says, then take it over by connecting once.`,
      [connectOnce],
    );
  }
  if (/Permission denied/.test(stderr) && !/docker|daemon/i.test(detail)) {
    return say(
      'unauthorized',
      `The host ${host} accepts none of this computer's ssh keys for ${address.user ?? 'this user'}. Load the key into the ssh agent, or name it in ~/.ssh/config.`,
      [connectOnce],
    );
  }
  if (exitCode === 127 || /command not found|not recognized/.test(detail)) {
    return say('engine-missing', `On ${host} there is no docker command; it is needed there.`);
  }
  if (/permission denied.*(docker|daemon)/is.test(detail)) {
    return say(
      'engine-missing',
      `A Docker engine is on ${host}, but the user signed in there may not talk to it.`,
      [{ label: 'Allow it there', shell: `${sshByHand(address)} 'sudo usermod -aG docker $USER'` }],
    );
  }
  if (/Cannot connect to the Docker daemon|dial unix|connect: /.test(detail)) {
    return say('engine-missing', `On ${host} no Docker engine answers. Start it there.`);
  }
  return say(
    'server-unreachable',
    `The host of ${where} cannot be reached: ${detail.split('\n').at(-1) || 'ssh ended without a word'}.`,
    [connectOnce],
  );
}

const fingerprint = (stderr: string): string => {
  const found = /Server host key: (\S+) (SHA256:\S+)/.exec(stderr);
  return found ? `${found[1]} ${found[2]}` : 'not told';
};

const sshByHand = ({ user, host, port }: SshAddress): string =>
  ['ssh', ...(port ? ['-p', port] : []), user ? `${user}@${host}` : host].join(' ');

const knownName = ({ host, port }: SshAddress): string => (port ? `"[${host}]:${port}"` : host);
