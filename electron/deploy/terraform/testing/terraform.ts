/** Terraform itself for tests, where it is installed, with providers from disk: nothing is fetched. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROGRAM = process.env.SLIPWAY_TEST_TERRAFORM ?? 'terraform';
const PLATFORM = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

export function whyNoTerraform(): string | null {
  const { status } = spawnSync(PROGRAM, ['version'], { stdio: 'ignore' });
  return status === 0
    ? null
    : 'terraform is not installed: get it from developer.hashicorp.com/terraform/install, or name it in SLIPWAY_TEST_TERRAFORM';
}

/** A folder as `terraform providers mirror` fills it, and those in which Terraform looks by itself. */
const PLUGIN_FOLDERS = [
  process.env.SLIPWAY_TEST_TF_PLUGINS ?? '',
  join(homedir(), '.terraform.d', 'plugins'),
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
].filter(Boolean);

const unpacked = (folder: string, provider: string): string =>
  join(folder, 'registry.terraform.io', 'hashicorp', provider);

const pluginsOf = (provider: string, version: string): string | null =>
  PLUGIN_FOLDERS.find((folder) => {
    const versions = unpacked(folder, provider);
    return (
      existsSync(versions) &&
      readdirSync(versions).some(
        (each) => each.startsWith(version) && existsSync(join(versions, each, PLATFORM)),
      )
    );
  }) ?? null;

export const whyNoProvider = (provider: string, version: string): string | null =>
  whyNoTerraform() ??
  (pluginsOf(provider, version)
    ? null
    : `the provider hashicorp/${provider} ${version} is not on disk: run “terraform providers mirror FOLDER” in an export, and name FOLDER in SLIPWAY_TEST_TF_PLUGINS`);

interface Said {
  readonly code: number;
  readonly text: string;
}

/** A folder with an export in it. */
export class TerraformFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-terraform-'));
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: Readonly<Record<string, string>> = {}) {
    // Nothing of this machine's person.
    const config = join(this.folder, '.terraformrc');
    writeFileSync(config, '');
    this.#env = { ...process.env, ...env, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: '1' };
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
  }

  /** With a provider from disk, and from nowhere else. */
  init(provider: string, version: string): Promise<Said> {
    return this.run('init', '-backend=false', `-plugin-dir=${pluginsOf(provider, version)}`);
  }

  run(...args: readonly string[]): Promise<Said> {
    const child = spawn(PROGRAM, [...args, ...(COLOURED.has(args[0] ?? '') ? ['-no-color'] : [])], {
      cwd: this.folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        resolve({ code: code ?? -1, text: Buffer.concat(chunks).toString() }),
      );
    });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

const COLOURED = new Set(['init', 'validate', 'plan', 'apply', 'destroy']);
