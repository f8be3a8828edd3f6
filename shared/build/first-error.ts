/** The first real error of a failed build, in words: what a person would have searched the log for. */
import { type StudioError, studioError } from '../base/studio-error';
import type { BuildStep } from './contract';
import { DOCKER_HUB, parseImageReference } from './reference';

interface Pattern {
  readonly matches: RegExp;
  readonly say: (match: RegExpExecArray) => Pick<StudioError, 'message' | 'nextSteps'>;
}

const settings = { label: 'Open build settings', command: 'build.settings' };
const retry = { label: 'Build again', command: 'build.start' };

const OTHER_PLATFORM = {
  message:
    'The engine cannot run programs of that platform. Choose its own platform in the build settings, set up emulation on its host, or build on an engine of that platform.',
  nextSteps: [
    {
      label: 'Set up emulation',
      shell: 'docker run --privileged --rm tonistiigi/binfmt --install all',
    },
    settings,
  ],
};

/** What an image says that was built well enough and cannot be started where it was; else null. */
export const explainStart = (output: string): typeof OTHER_PLATFORM | null =>
  /exec format error/i.test(output) ? OTHER_PLATFORM : null;

const PATTERNS: readonly Pattern[] = [
  {
    matches:
      /^pulling (\S+): .*(?:no basic auth credentials|unauthorized|401 Unauthorized|authentication required|access denied|denied:)/m,
    say: ([, image = '']) => {
      const reference = parseImageReference(image.split('@')[0] ?? '');
      const registry = reference.ok ? reference.value.registry : '';
      const host = registry === DOCKER_HUB ? '' : ` ${registry}`;
      return {
        message: `The registry ${registry} does not give the base image ${image} to anybody: docker has no sign-in for it, or one that may not read it, or there is no such image.`,
        nextSteps: [{ label: 'Sign in with docker', shell: `docker login${host}` }, settings],
      };
    },
  },
  {
    matches: /(?:pull access denied for|manifest for) (\S+?),?(?: not found| repository| )/,
    say: (match) => ({
      message: `The base image ${match[1]} was not found by the engine.`,
      nextSteps: [settings],
    }),
  },
  {
    matches: /dial tcp: lookup (\S+)(?: on \S+)?: |Get "https?:\/\/([^/"]+)\/v2\/"/,
    say: (match) => ({
      message: `The engine cannot reach the image registry ${match[1] ?? match[2]}. Is this computer online, or is a base image from another registry needed?`,
      nextSteps: [settings, retry],
    }),
  },
  {
    matches: /CERTIFICATE_VERIFY_FAILED|certificate verify failed|unknown authority/,
    say: () => ({
      message:
        'The certificate of a server was refused inside the build. Where a proxy inspects traffic, give its CA bundle in the build settings.',
      nextSteps: [settings],
    }),
  },
  {
    matches: /No matching distribution found for (\S+)/,
    say: (match) => ({
      message: `The package index has no ${match[1]} for this base image's Python and platform.`,
      nextSteps: [settings],
    }),
  },
  {
    matches: /THESE PACKAGES DO NOT MATCH THE HASHES/,
    say: () => ({
      message: 'A downloaded package is not the one that was locked: its hash differs.',
      nextSteps: [{ label: 'Make the package again', command: 'package.generate' }, settings],
    }),
  },
  {
    matches:
      /Temporary failure in name resolution|Failed to establish a new connection|Network is unreachable/,
    say: () => ({
      message: 'The package index could not be reached from inside the build.',
      nextSteps: [settings, retry],
    }),
  },
  {
    matches: /exec format error/i,
    say: () => OTHER_PLATFORM,
  },
  {
    matches: /does not match the specified platform|no match for platform|no matching manifest/,
    say: () => ({
      message: 'The base image is not made for the platform that the build settings ask for.',
      nextSteps: [settings],
    }),
  },
  {
    matches: /No space left on device/i,
    say: () => ({
      message: "The engine's disk is full.",
      nextSteps: [{ label: 'Free space', shell: 'docker system prune' }, retry],
    }),
  },
];

const INSTRUCTION_SHOWN = 60;

/** A long command is seen whole in the list of steps. */
const clip = (instruction: string): string =>
  instruction.length > INSTRUCTION_SHOWN
    ? `${instruction.slice(0, INSTRUCTION_SHOWN).trimEnd()}…`
    : instruction;

export function explainFailure(steps: readonly BuildStep[], error: string): StudioError {
  const failed = steps.find(({ state }) => state === 'failed') ?? steps.at(-1);
  const log = [...(failed?.log ?? []), error].join('\n');
  const where = failed ? `Step ${failed.number} (${clip(failed.instruction)}) failed. ` : '';
  for (const { matches, say } of PATTERNS) {
    const match = matches.exec(log);
    if (!match) continue;
    const { message, nextSteps } = say(match);
    return studioError('build-failed', `${where}${message}`, { nextSteps, detail: log });
  }
  return studioError('build-failed', `${where}${firstErrorLine(log) ?? error.trim()}`, {
    nextSteps: [retry],
    detail: log,
  });
}

function firstErrorLine(log: string): string | null {
  return (
    log
      .split('\n')
      .find((line) => /\berror\b|exception|failed/i.test(line))
      ?.trim() ?? null
  );
}
