/** A registry of Azure and the images in it. One's own goes with the deployment; a shared one stays. */
import { createHash } from 'node:crypto';
import type { Registry } from '@azure/arm-containerregistry';
import { z } from 'zod';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, LABEL } from '../../../../shared/deploy';
import type { ResourceKind } from '../../resources/platform';
import type { ImageMaker, RegistrySignIn } from '../target';
import type { Azure } from './azure';
import { ask, askIfThere } from './errors';
import { isOf, ownTags } from './tags';
import { all, isBusy, lastPart, normal, until } from './waiting';

/** For a docker client that comes with a token of Azure instead of a name. */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';
export const SKU = 'Basic' as const;
const MOST_LISTED = 1_000;

/** Names of registries are unique in the world, without hyphens. */
export function registryName(
  { subscription, group }: Pick<Azure, 'subscription' | 'group'>,
  chosen: string,
  id: string,
): string {
  if (chosen !== '') return chosen;
  const where = createHash('sha256').update(`${subscription}/${group}/${id}`).digest('hex');
  return `slipway${id.replaceAll('-', '').slice(0, 30)}${where.slice(0, 8)}`;
}

export const serverOf = (registry: string): string => `${registry}.azurecr.io`;
const folderOf = (id: string): string => `slipway-${id}`;

export const imageReference = (registry: string, id: string, tagged: string): string =>
  `${serverOf(registry)}/${folderOf(id)}/${tagged}`;

export const readRegistry = (azure: Azure, name: string): Promise<Registry | null> =>
  askIfThere({ doing: `reading the registry ${name}` }, () =>
    azure.registries.registries.get(azure.group, name),
  );

async function registriesOf(azure: Azure, id: DeploymentId): Promise<Registry[]> {
  const found = await ask({ doing: 'listing the registries' }, () =>
    all(azure.registries.registries.listByResourceGroup(azure.group)),
  );
  return found.filter(({ tags }) => isOf(tags, id) || tags?.[folderOf(id)] === 'images');
}

export const registryResource = (registry: string, id: DeploymentId): string => `${registry}/${id}`;
const parts = (resource: string) => {
  const [name = '', id = ''] = resource.split('/');
  return { name, id: id as DeploymentId };
};

export function registryKind(
  azure: Azure,
  isOwn: (name: string, id: string) => boolean,
): ResourceKind {
  const { registries } = azure.registries;
  const setTags = (name: string, tags: Record<string, string>) =>
    ask({ doing: `tagging the registry ${name}` }, () =>
      registries.update(azure.group, name, { tags }, azure.polling),
    );
  return {
    kind: 'registry',
    list: async (id) =>
      id === null ? [] : (await registriesOf(azure, id)).map((each) => foundRegistry(each, id)),
    create: async (resource, { task }) => {
      const { name, id } = parts(resource.name);
      const doing = `making the registry ${name}`;
      const there = await readRegistry(azure, name);
      if (!isOwn(name, id)) {
        if (!there) missing(name);
        await setTags(name, { ...there.tags, [folderOf(id)]: 'images' });
        return;
      }
      const envelope = {
        location: (resource.spec as { region: string }).region,
        sku: { name: SKU },
        adminUserEnabled: true,
        tags: { ...ownTags(id) },
      };
      if (there && !isOf(there.tags, id)) taken(name);
      if (!there || !isBusy(there.provisioningState))
        // Made is not yet seen, not even by the client that waited for it.
        await askIfThere({ doing }, () =>
          registries.create(azure.group, name, envelope, azure.polling),
        );
      await until(azure, { doing, task, seconds: 300 }, async () => {
        const made = await readRegistry(azure, name);
        return made?.provisioningState === 'Succeeded' ? true : null;
      });
    },
    update: async ({ name: wanted }) => {
      const { name, id } = parts(wanted);
      await ask({ doing: `changing the registry ${name}` }, () =>
        registries.update(
          azure.group,
          name,
          { adminUserEnabled: true, tags: { ...ownTags(id) } },
          azure.polling,
        ),
      );
    },
    remove: async (wanted) => {
      const { name, id } = parts(wanted);
      const there = await readRegistry(azure, name);
      if (!there) return;
      if (isOf(there.tags, id)) {
        await askIfThere({ doing: `removing the registry ${name}` }, () =>
          registries.delete(azure.group, name, azure.polling),
        );
        return;
      }
      const { [folderOf(id)]: _, ...tags } = there.tags ?? {};
      await setTags(name, tags);
    },
  };
}

const foundRegistry = (each: Registry, id: DeploymentId): Found => ({
  kind: 'registry',
  name: registryResource(each.name ?? '', id),
  spec: {
    server: serverOf(each.name ?? ''),
    hasPassword: each.adminUserEnabled === true,
    region: normal(each.location),
  },
  labels: { [LABEL.deployment]: id },
});

function missing(name: string): never {
  return fail(
    'not-found',
    `There is no registry ${name} in this resource group. Make it, or leave the field empty for one of the deployment’s own.`,
    {
      nextSteps: [
        {
          label: 'Make it',
          shell: `az acr create --name ${name} --sku Basic --admin-enabled true --resource-group …`,
        },
      ],
    },
  );
}

function taken(name: string): never {
  return fail(
    'conflict',
    `A registry named ${name} is in this resource group already and is not this deployment’s. Choose another name for the deployment.`,
  );
}

/** With which the apps pull. */
export async function pullPassword(
  azure: Azure,
  name: string,
): Promise<{ username: string; value: string }> {
  const { username, passwords } = await ask(
    { doing: `reading the password of the registry ${name}` },
    () => azure.registries.registries.listCredentials(azure.group, name),
  );
  const value = passwords?.[0]?.value;
  if (!username || !value)
    fail(
      'precondition',
      `The registry ${name} gives no password to pull with. Switch its admin user on, or name an identity that may pull (AcrPull).`,
      {
        nextSteps: [
          { label: 'Switch it on', shell: `az acr update --name ${name} --admin-enabled true` },
        ],
      },
    );
  return { username, value };
}

const refreshSchema = z.object({ refresh_token: z.string() });
const accessSchema = z.object({ access_token: z.string() });

const KEPT_MS = 30 * 60_000;
const EXCHANGED = new WeakMap<Azure, Map<string, { at: number; signIn: RegistrySignIn }>>();

/** The sign-in to Azure, exchanged for one to a registry: it holds for three hours, and is used for half of one. */
async function signInTo(azure: Azure, server: string): Promise<RegistrySignIn> {
  const known = EXCHANGED.get(azure) ?? new Map<string, { at: number; signIn: RegistrySignIn }>();
  EXCHANGED.set(azure, known);
  const there = known.get(server);
  if (there && Date.now() - there.at < KEPT_MS) return there.signIn;
  const token = await azure.token();
  const form = { service: server, tenant: azure.tenant, access_token: token };
  const answer = await ask({ doing: `signing in to ${server}` }, () =>
    azure.http({
      url: `https://${server}/oauth2/exchange`,
      method: 'POST',
      form: { grant_type: 'access_token', ...form },
    }),
  );
  const signIn = { username: TOKEN_USER, password: refreshSchema.parse(answer).refresh_token };
  known.set(server, { at: Date.now(), signIn });
  return signIn;
}

async function callRegistry(
  azure: Azure,
  server: string,
  scope: string,
  path: string,
  method: 'GET' | 'DELETE' = 'GET',
): Promise<unknown> {
  const { password } = await signInTo(azure, server);
  const answer = await azure.http({
    url: `https://${server}/oauth2/token`,
    method: 'POST',
    form: { grant_type: 'refresh_token', service: server, scope, refresh_token: password },
  });
  const { access_token } = accessSchema.parse(answer);
  return azure.http({ url: `https://${server}${path}`, method, token: access_token });
}

const catalogSchema = z.object({ repositories: z.array(z.string()).nullish() });
const tagsSchema = z.object({
  tags: z.array(z.object({ name: z.string(), digest: z.string() })).nullish(),
});

interface ImagePlace {
  readonly server: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

async function imagesIn(azure: Azure, server: string, id: string): Promise<ImagePlace[]> {
  const doing = `listing the images of ${server}`;
  const catalog = await askIfThere({ doing }, () =>
    callRegistry(azure, server, 'registry:catalog:*', `/acr/v1/_catalog?n=${MOST_LISTED}`),
  );
  const { repositories } = catalogSchema.parse(catalog ?? {});
  const own = (repositories ?? []).filter((each) => each.startsWith(`${folderOf(id)}/`));
  const lists = await Promise.all(
    own.map(async (repository) => {
      const scope = `repository:${repository}:metadata_read`;
      const answer = await askIfThere({ doing }, () =>
        callRegistry(azure, server, scope, `/acr/v1/${repository}/_tags?n=${MOST_LISTED}`),
      );
      const { tags } = tagsSchema.parse(answer ?? {});
      return (tags ?? []).map(({ name, digest }) => ({ server, repository, tag: name, digest }));
    }),
  );
  return lists.flat();
}

const referenceOf = ({ server, repository, tag }: ImagePlace): string =>
  `${server}/${repository}:${tag}`;

export function imageKind(azure: Azure, images: ImageMaker): ResourceKind {
  const ofDeployment = async (id: DeploymentId) => {
    const ready = (await registriesOf(azure, id)).filter(
      ({ provisioningState }) => provisioningState === 'Succeeded',
    );
    const lists = await Promise.all(
      ready.map(({ name }) => imagesIn(azure, serverOf(name ?? ''), id)),
    );
    return lists.flat();
  };
  return {
    kind: 'image',
    list: async (id) =>
      id === null
        ? []
        : (await ofDeployment(id)).map((each) => ({
            kind: 'image',
            name: referenceOf(each),
            spec: { reference: referenceOf(each) },
            labels: { [LABEL.deployment]: id },
          })),
    create: async ({ name }, { package: made, task }) => {
      if (!made)
        fail(
          'not-found',
          `The image ${name} is not in the registry any more. Deploy its package again.`,
        );
      task.progress(null, `Pushing ${name}`);
      await images.push(made, name, task, await signInTo(azure, name.split('/')[0] ?? ''));
    },
    update: async () => undefined,
    remove: async (name) => {
      const [server = '', folder = '', rest = ''] = name.split('/');
      const there = await imagesIn(azure, server, folder.replace('slipway-', ''));
      const hit = there.find((each) => referenceOf(each) === name);
      if (!hit) return;
      const isLast = there.filter(({ repository }) => repository === hit.repository).length === 1;
      const path = isLast
        ? `/acr/v1/${hit.repository}`
        : `/v2/${hit.repository}/manifests/${hit.digest}`;
      await askIfThere({ doing: `removing the image ${lastPart(rest)}` }, () =>
        callRegistry(azure, server, `repository:${hit.repository}:delete`, path, 'DELETE'),
      );
    },
  };
}
