/** What an image of a package is called: the same name is the same files. */
export interface BuiltPackage {
  readonly folder: string;
  readonly name: string;
  readonly hash: string;
  /** Major and minor, for the default base image: "3.11". */
  readonly python: string;
  readonly hasService: boolean;
}

export const tagOf = (built: Pick<BuiltPackage, 'name' | 'hash'>): string =>
  `${built.name.replaceAll('_', '-')}:${built.hash.slice(0, 12)}`;
