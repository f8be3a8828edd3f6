/** For stands of clouds: the images of a real registry, under the names that they have at the cloud. */
import type { Registry } from '../../engine/testing/registry';
import type { RegistrySignIn } from '../targets/target';

/** "trees.azurecr.io/slipway-trees/trees:4f1c", which lies at "127.0.0.1:5000/trees.azurecr.io/…". */
export interface Pushed {
  readonly reference: string;
  readonly digest: string;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export class StandRegistry {
  readonly host: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ host }: Pick<Registry, 'host'>, { username, password }: RegistrySignIn) {
    this.host = host;
    const word = Buffer.from(`${username}:${password}`).toString('base64');
    this.#headers = { authorization: `Basic ${word}`, accept: MANIFEST };
  }

  async list(): Promise<Pushed[]> {
    const { repositories = [] } = (await this.#ask('_catalog')) as { repositories?: string[] };
    const lists = await Promise.all(
      repositories.map(async (repository) => {
        const { tags } = (await this.#ask(`${repository}/tags/list`)) as { tags?: string[] | null };
        return Promise.all((tags ?? []).map((tag) => this.#read(repository, tag)));
      }),
    );
    return lists.flat();
  }

  async remove({ reference, digest }: Pushed): Promise<void> {
    const repository = reference.slice(0, reference.lastIndexOf(':'));
    const url = `http://${this.host}/v2/${repository}/manifests/${digest}`;
    await fetch(url, { method: 'DELETE', headers: this.#headers });
  }

  async #read(repository: string, tag: string): Promise<Pushed> {
    const url = `http://${this.host}/v2/${repository}/manifests/${tag}`;
    const { headers } = await fetch(url, { method: 'HEAD', headers: this.#headers });
    const digest = headers.get('docker-content-digest') ?? '';
    return { reference: `${repository}:${tag}`, digest };
  }

  /** A repository without tags is told as one that is not there. */
  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`http://${this.host}/v2/${path}`, { headers: this.#headers });
    return answer.ok ? answer.json() : {};
  }
}

/** One request after the other: between two of them nothing is half pushed or half removed. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  do<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
