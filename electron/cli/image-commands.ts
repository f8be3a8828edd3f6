/** build, images: the image of a package made, tried and pushed; those that an engine keeps. */
import type { Command } from 'commander';
import { formatBytes } from '../../shared/base/units';
import { type BuildSettings, freedAtLeast, type Image } from '../../shared/build';
import type { Studio } from '../compose';
import { EXIT } from './exit';
import { table } from './output';
import { finish, need, type Session, withSession } from './session';

/** Each as in the window's build settings; for this one command, nothing is stored. */
export interface ImageOptions {
  readonly baseImage?: string;
  readonly index?: string;
  readonly caBundle?: string;
  readonly proxy?: string;
  readonly platform?: string;
  readonly engine?: string;
  readonly engineCertificates?: string;
  readonly check?: boolean;
  readonly push?: string;
}

export function addImageOptions(command: Command): Command {
  return addEngineOptions(command)
    .option('--base-image <image>', 'the image with Python that it is built on')
    .option('--index <url>', 'the package index; a password in it stays out of the image')
    .option('--ca-bundle <file>', 'certificates (PEM) to trust while libraries are downloaded')
    .option('--proxy <url>', 'for downloads inside the build; stays out of the image')
    .option('--platform <platform>', 'linux/amd64 or linux/arm64; else the engine’s own')
    .option('--no-check', 'do not start and try the image')
    .option('--push <registry/path>', 'push it there, with docker’s own sign-ins');
}

function addEngineOptions(command: Command): Command {
  return command
    .option(
      '--engine <address>',
      'context:<name>, unix://, ssh://user@host or tcp://host:2376; else as the docker CLI finds it',
    )
    .option('--engine-certificates <folder>', 'ca.pem, cert.pem and key.pem for tcp');
}

export function addImageCommands(program: Command): void {
  addEngineOptions(program.command('images'))
    .description('the images of Slipway that the engine keeps, and their removal')
    .option('--clean', 'remove those that nothing uses; images that others made are not touched')
    .option('--json', 'print JSON')
    .action((options: ImageOptions & { json?: boolean; clean?: boolean }) =>
      withSession(options, (session) => images(session, options)),
    );
}

/** Builds with the given settings, pushes where asked to. */
export async function buildAndPush(studio: Studio, options: ImageOptions): Promise<Image> {
  const { build } = studio;
  build.override(settingsOf(options));
  const image = await finish(await build.build());
  if (!options.push) return image;
  const pushed = await finish(await build.push());
  return { ...image, pushed };
}

function settingsOf(options: ImageOptions): Partial<BuildSettings> {
  const { baseImage, index, caBundle, proxy, platform, engine, engineCertificates } = options;
  const given = {
    ...{ baseImage, packageIndex: index, caBundle, proxy, platform, engine, engineCertificates },
    pushTo: options.push,
    isImageChecked: options.check === false ? false : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

async function images({ studio, output }: Session, options: ImageOptions & { clean?: boolean }) {
  const { build } = studio;
  build.override(settingsOf(options));
  need(await build.lookAtKept());
  const removed = options.clean ? need(await build.cleanUp(null)) : null;
  const { images: kept, cacheBytes } = build.state.value.kept ?? { images: [], cacheBytes: null };
  output.result({ images: kept, cacheBytes, removed });
  if (removed) output.say(`Removed: ${removed.removed}, ${formatBytes(removed.bytes)} freed`);
  const rows = kept.map(({ tags, id, project, bytes, ownBytes, isInUse }) => [
    tags[0] ?? id.slice(0, 19),
    project,
    formatBytes(bytes),
    formatBytes(ownBytes),
    isInUse ? 'in use' : '',
  ]);
  output.say(
    kept.length === 0
      ? 'No images.'
      : table(['IMAGE', 'PROJECT', 'SIZE', 'OF ITS OWN', ''], rows, [2, 3]),
  );
  const free = freedAtLeast(kept);
  if (!removed && free > 0) output.say(`--clean frees ${formatBytes(free)} or more.`);
  if (cacheBytes)
    output.say(`Build cache: ${formatBytes(cacheBytes)}; docker builder prune frees it.`);
  return EXIT.done;
}

const LARGEST = 5;

export function showImage(image: Image): string {
  const { tag, id, bytes, check, pushed, packages } = image;
  const largest = packages.slice(0, LARGEST).map((one) => `${one.name} ${formatBytes(one.bytes)}`);
  return [
    `Image: ${tag} (${formatBytes(bytes)}, ${id.slice(0, 19)})`,
    ...(largest.length > 0 ? [`Largest packages: ${largest.join(', ')}`] : []),
    check.state === 'passed' ? `Tried: ${check.done.join(' ')}` : 'Tried: not at all',
    ...(pushed ? [`Pushed: ${pushed.reference}`] : []),
  ].join('\n');
}
