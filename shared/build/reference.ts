/** Names of images as the engine and the registries read them: `registry/repository:tag`. */
import { err, ok, type Result } from '../base/result';
import { type StudioError, studioError } from '../base/studio-error';

export interface ImageReference {
  /** Host and port; Docker Hub where the name has none. */
  readonly registry: string;
  readonly repository: string;
  /** Empty where none is given. */
  readonly tag: string;
}

export const DOCKER_HUB = 'docker.io';
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`);
const REGISTRY = /^[A-Za-z0-9.-]+(?::\d+)?$|^\[[0-9a-fA-F:]+\](?::\d+)?$/;
const TAG = /^[\w][\w.-]{0,127}$/;

export function parseImageReference(text: string): Result<ImageReference> {
  const [first = '', ...others] = text.trim().split('/');
  const isHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = isHost ? first : DOCKER_HUB;
  const rest = isHost ? others.join('/') : text.trim();
  const colon = rest.lastIndexOf(':');
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? '' : rest.slice(colon + 1);
  const isGood =
    REGISTRY.test(registry) && REPOSITORY.test(repository) && (colon < 0 || TAG.test(tag));
  return isGood ? ok({ registry, repository, tag }) : err(notAName(text));
}

/** The name without its tag, as the engine takes it. */
export const repositoryName = ({ registry, repository }: ImageReference): string =>
  registry === DOCKER_HUB ? repository : `${registry}/${repository}`;

export const formatImageReference = (reference: ImageReference): string =>
  `${repositoryName(reference)}${reference.tag ? `:${reference.tag}` : ''}`;

/** As it was given to the engine: Podman tells the full name of an image that was named without a registry. */
export const familiarName = (image: string): string =>
  image.replace(/^(?:docker\.io\/(?:library\/)?|localhost\/)/, '');

function notAName(text: string): StudioError {
  return studioError(
    'invalid-input',
    `“${text}” is no name of an image. It reads registry/repository:tag, such as registry.example.com/team/trees:1; a repository has small letters, digits and . _ - between them.`,
    { nextSteps: [{ label: 'Open build settings', command: 'build.settings' }] },
  );
}
