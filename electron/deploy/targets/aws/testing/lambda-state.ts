/** What our Lambda remembers of a function, and what it is told. */
import type { Instances } from './lambda-instances';

export type Json = Record<string, unknown>;
export interface Asked {
  readonly operation: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json;
}

export interface Made {
  /** As it travels. */
  config: Json & { FunctionArn: string; Version: string };
  image: string;
}
export interface Address {
  FunctionUrl: string;
  AuthType: string;
  InvokeMode: string;
}
export interface Alias {
  version: string;
  address: Address | null;
  statements: Json[];
}
export interface LambdaState {
  readonly name: string;
  latest: Made;
  versions: Made[];
  readonly aliases: Map<string, Alias>;
  tags: Record<string, string>;
  reserved: number | null;
  /** How often it is looked at before what goes on is done. */
  busy: number;
}

export interface World {
  readonly region: string;
  readonly account: string;
  /** Where the functions' addresses are. */
  readonly url: () => string;
  readonly hasRole: (arn: string) => Promise<boolean>;
  readonly hasImage: (image: string) => Promise<boolean>;
  readonly writeLog: (group: string, stream: string, lines: readonly string[]) => Promise<boolean>;
  readonly instances: Instances;
}

const REASONS = /^(StateReason|LastUpdateStatusReason)/;
export const withoutReasons = (config: Made['config']): Made['config'] =>
  Object.fromEntries(
    Object.entries(config).filter(([key]) => !REASONS.test(key)),
  ) as Made['config'];

/** What a version is made of: not its name, its words or how it is. */
export function own(config: Made['config']): Json {
  const { Version: _, FunctionArn: __, Description: ___, ...rest } = config;
  return rest;
}

export const without = (all: Json, key: string): Json =>
  Object.fromEntries(Object.entries(all).filter(([each]) => each !== key));

export const addressOf = ({ AuthType, InvokeMode }: Json) => ({
  AuthType: String(AuthType),
  InvokeMode: String(InvokeMode ?? 'BUFFERED'),
});
