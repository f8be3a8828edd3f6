/** A Docker engine of the test's own that may be killed, filled up or reached by TLS; as root on Linux only. */
import { spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import {
  dropFolder,
  freePort,
  missingPrograms,
  must,
  RunningProgram,
  type Stand,
  standFolder,
} from './stand';

export interface OwnEngine extends Stand {
  readonly socket: string;
  /** `unix://…`, or `tcp://127.0.0.1:…` with TLS. */
  readonly address: string;
  /** With TLS the folder of ca.pem, cert.pem and key.pem for the client; else empty. */
  readonly certificates: string;
  /** As a power cut would end it. */
  readonly kill: () => Promise<void>;
  /** Starts it again after that, at the same address with what it kept. */
  readonly restart: () => Promise<void>;
  readonly pid: number;
}

export interface OwnEngineOptions {
  readonly tls?: boolean;
  /** Else a folder that goes when the engine stops. */
  readonly dataRoot?: string;
}

/** Why no such engine can be had here, or null. */
export function whyNoOwnEngine(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'an engine of the test’s own takes root on Linux';
  }
  return missingPrograms('dockerd', 'openssl', 'ip');
}

export async function startOwnEngine(options: OwnEngineOptions = {}): Promise<OwnEngine> {
  const folder = standFolder('engine');
  const socket = join(folder, 'docker.sock');
  const port = await freePort();
  const certificates = options.tls ? makeCertificates(folder) : null;
  const tls = certificates
    ? [
        ...['--host', `tcp://127.0.0.1:${port}`, '--tlsverify'],
        ...['--tlscacert', join(certificates.server, 'ca.pem')],
        ...['--tlscert', join(certificates.server, 'cert.pem')],
        ...['--tlskey', join(certificates.server, 'key.pem')],
      ]
    : [];
  const bridge = addBridge();
  const docker = new Docker({ socketPath: socket });
  const start = async () => {
    const args = [
      ...['--host', `unix://${socket}`, ...tls],
      // A bridge of its own and no rules of the firewall: engines beside it stay as they are. With `none` an engine
      // takes docker0 away from them.
      ...['--bridge', bridge, '--iptables=false'],
      ...['--data-root', options.dataRoot ?? join(folder, 'data')],
      ...['--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
    ];
    const started = new RunningProgram('dockerd', args, folder);
    await started.until(async () => (await docker.ping()) !== null);
    return started;
  };
  let program = await start();
  const stop = async () => {
    await program.stop();
    endLeftovers(folder);
    spawnSync('ip', ['link', 'delete', bridge]);
    dropFolder(folder);
  };
  return {
    socket,
    address: certificates ? `tcp://127.0.0.1:${port}` : `unix://${socket}`,
    certificates: certificates?.client ?? '',
    get pid() {
      return program.pid;
    },
    kill: () => program.stop('SIGKILL'),
    restart: async () => {
      endLeftovers(folder);
      // As after a power cut: what lies in memory only is gone.
      for (const name of ['exec', 'pid', 'docker.sock']) dropFolder(join(folder, name));
      program = await start();
    },
    stop,
  };
}

/** Interfaces have names of 15 letters at most. 198.18.0.0/15 is kept for tests (RFC 2544). */
function addBridge(): string {
  const number = randomInt(256);
  const bridge = `slw-${randomBytes(4).toString('hex')}`;
  must('ip', ['link', 'add', bridge, 'type', 'bridge']);
  must('ip', ['address', 'add', `198.18.${number}.1/24`, 'dev', bridge]);
  must('ip', ['link', 'set', bridge, 'up']);
  return bridge;
}

/** A killed engine leaves its containerd, what ran in containers, and mounts: all known by the folder's own name. */
function endLeftovers(folder: string): void {
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    running.map((pid) => [pid, readProc(pid, 'stat').split(') ')[1]?.split(' ')[1]]),
  );
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined &&
    Number(pid) > 1 &&
    Number(pid) !== process.pid &&
    (readProc(pid, 'cmdline').includes(`${folder}/`) || isOurs(parents.get(pid)));
  for (const pid of running.filter(isOurs)) killQuietly(Number(pid));
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) spawnSync('umount', ['--lazy', path]);
}

function readProc(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

/** A small CA with one certificate for the engine at 127.0.0.1 and one for the client. */
export function makeCertificates(folder: string): { server: string; client: string } {
  const inFolder = (...path: string[]) => join(folder, ...path);
  const server = inFolder('tls-server');
  const client = inFolder('tls-client');
  for (const path of [server, client]) mkdirSync(path, { recursive: true });
  const openssl = (...args: string[]) => must('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Slipway test CA'],
    ...['-keyout', 'ca-key.pem', '-out', 'ca.pem'],
  );
  const sign = (name: string, target: string, extension: string) => {
    writeFileSync(inFolder(`${name}.ext`), extension);
    openssl(
      ...['req', ...newKey, '-subj', `/CN=${name}`],
      ...['-keyout', join(target, 'key.pem'), '-out', `${name}.csr`],
    );
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem'],
      ...['-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`],
      ...['-out', join(target, 'cert.pem')],
    );
    must('cp', [inFolder('ca.pem'), join(target, 'ca.pem')]);
  };
  sign(
    'server',
    server,
    'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n',
  );
  sign('client', client, 'extendedKeyUsage=clientAuth\n');
  return { server, client };
}
