/** What an image of a package is called: the same name is the same files on the same base, for the same platform. */
import { createHash } from 'node:crypto';
import type { BuildSettings } from '../../shared/build';

export interface BuiltPackage {
  readonly folder: string;
  readonly name: string;
  readonly hash: string;
  /** Major and minor, for the default base image: "3.11". */
  readonly python: string;
  readonly hasService: boolean;
}

/** Index, certificates and proxy are not among them: the lock file's hashes let them bring nothing else. */
export type NamedSettings = Pick<BuildSettings, 'baseImage' | 'platform'>;

const defaultBase = (python: string): string => `python:${python}-slim`;

export const baseImageOf = ({ baseImage }: NamedSettings, python: string): string =>
  baseImage || defaultBase(python);

/** "churn:4f1c20a9b3d1"; on another base or for another platform "churn:4f1c20a9b3d1-09be2f". */
export function tagOf(
  { name, hash, python }: Pick<BuiltPackage, 'name' | 'hash' | 'python'>,
  settings: NamedSettings,
): string {
  const base = baseImageOf(settings, python);
  const isPlain = base === defaultBase(python) && settings.platform === '';
  const chosen = JSON.stringify([base, settings.platform]);
  const rest = isPlain ? '' : `-${createHash('sha256').update(chosen).digest('hex').slice(0, 6)}`;
  return `${name.replaceAll('_', '-')}:${hash.slice(0, 12)}${rest}`;
}
