/** What Google's own packages say of their APIs (build/protos/protos.json): routes, types, and which fields may be sent. */
import { createRequire } from 'node:module';

interface Field {
  readonly type: string;
  readonly keyType?: string;
  readonly rule?: 'repeated';
  readonly options?: Readonly<Record<string, unknown>>;
}
interface Node {
  readonly nested?: Readonly<Record<string, Node>>;
  readonly fields?: Readonly<Record<string, Field>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly methods?: Readonly<Record<string, Method>>;
}
interface Method {
  readonly requestType: string;
  readonly parsedOptions?: readonly Readonly<Record<string, unknown>>[];
}
export interface Route {
  readonly method: string;
  readonly verb: string;
  readonly pattern: RegExp;
  /** Names of the fields the path holds, in order: "parent", "service.name". */
  readonly variables: readonly string[];
  /** The field the body is; "*" for the whole request; null without one. */
  readonly body: string | null;
  readonly requestType: string;
  readonly scope: string;
}

type Json = Readonly<Record<string, unknown>>;
const OUTPUT_ONLY = 'OUTPUT_ONLY';

export class ProtoSchema {
  readonly routes: readonly Route[];
  readonly #types = new Map<string, Node>();

  constructor(packageName: string, namespace: string) {
    const load = createRequire(import.meta.url);
    const main = load.resolve(packageName);
    const root = load(`${main.slice(0, main.indexOf('/build/'))}/build/protos/protos.json`) as Node;
    this.#collect('', root);
    this.routes = [...this.#types]
      .filter(([name, { methods }]) => methods && name.startsWith(namespace))
      .flatMap(([name, { methods }]) =>
        Object.entries(methods ?? {}).flatMap(([method, each]) => routesOf(name, method, each)),
      )
      // "jobs/*:run" before "jobs/*".
      .sort((a, b) => b.pattern.source.lastIndexOf(':') - a.pattern.source.lastIndexOf(':'));
  }

  /** Every reason to refuse a request, by its fields. */
  problemsOfRequest(route: Route, fields: Json, body: unknown): string[] {
    const whole: Json =
      route.body === '*'
        ? { ...fields, ...(body as Json) }
        : route.body
          ? { ...fields, [route.body]: body }
          : fields;
    return this.#problems(this.#find(route.requestType, route.scope), nestPaths(whole), '');
  }

  /** Whether each path of a mask names a field of the type that a route's body is. */
  problemsOfMask(route: Route, mask: string): string[] {
    const request = this.#find(route.requestType, route.scope);
    const field = route.body ? request.node.fields?.[route.body] : undefined;
    if (!field) return [];
    return mask
      .split(',')
      .map((path) => camel(path.split('.')[0] ?? ''))
      .filter((name) => !this.#find(field.type, request.name).node.fields?.[name])
      .map((name) => `update_mask names ${name}, which is no field`);
  }

  #problems(type: Found, value: Json, at: string): string[] {
    const fields = type.node.fields ?? {};
    const missing = Object.entries(fields)
      .filter(([name, field]) => behaviours(field).includes('REQUIRED') && value[name] == null)
      .map(([name]) => `${at}${name} is required`);
    const both = Object.values(type.node.oneofs ?? {})
      .map(({ oneof }) => oneof.filter((name) => value[name] != null))
      .filter((set) => set.length > 1)
      .map((set) => `${at}${set.join(' and ')} exclude one another`);
    const wrong = Object.entries(value).flatMap(([name, each]) => {
      const field = fields[name];
      if (name.startsWith('$')) return [];
      if (!field) return [`${at}${name} is no field of ${type.name}`];
      if (behaviours(field).includes(OUTPUT_ONLY))
        return [`${at}${name} is set by the server only`];
      return this.#problemsOfField(type, field, each, `${at}${name}`);
    });
    return [...missing, ...both, ...wrong];
  }

  #problemsOfField(type: Found, field: Field, value: unknown, at: string): string[] {
    if (field.keyType) {
      const entries = typeof value === 'object' && value ? Object.entries(value) : [];
      return entries.flatMap(([key, each]) =>
        this.#problemsOfValue(type, field.type, each, `${at}.${key}`),
      );
    }
    if (field.rule !== 'repeated') return this.#problemsOfValue(type, field.type, value, at);
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((each, index) =>
      this.#problemsOfValue(type, field.type, each, `${at}[${index}]`),
    );
  }

  #problemsOfValue(scope: Found, type: string, value: unknown, at: string): string[] {
    const isGood = SCALARS[type];
    if (isGood) return isGood(value) ? [] : [`${at} is no ${type}: ${JSON.stringify(value)}`];
    const wellKnown = WELL_KNOWN[type];
    if (wellKnown)
      return typeof value === 'string' && wellKnown.test(value) ? [] : [`${at} is no ${type}`];
    const found = this.#find(type, scope.name);
    const { values } = found.node;
    if (values) {
      const isKnown = Object.entries(values).some(([name, id]) => name === value || id === value);
      return isKnown ? [] : [`${at} is none of ${Object.keys(values).join(', ')}`];
    }
    if (typeof value !== 'object' || value === null) return [`${at} is no ${type}`];
    return this.#problems(found, value as Json, `${at}.`);
  }

  #collect(name: string, node: Node): void {
    if (name) this.#types.set(name, node);
    for (const [key, each] of Object.entries(node.nested ?? {}))
      this.#collect(name ? `${name}.${key}` : key, each);
  }

  /** As protobuf looks names up: in the type itself, then in what surrounds it. */
  #find(type: string, scope: string): Found {
    const parts = scope.split('.');
    for (let length = parts.length; length >= 0; length -= 1) {
      const name = [...parts.slice(0, length), type].join('.');
      const node = this.#types.get(name);
      if (node && (node.fields || node.values)) return { name, node };
    }
    throw new Error(`No type ${type} seen from ${scope}`);
  }
}

/** A mask may have a field's name in either way of writing. */
export const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

interface Found {
  readonly name: string;
  readonly node: Node;
}

const isString = (value: unknown): boolean => typeof value === 'string';
const isWhole = (value: unknown): boolean => Number.isInteger(Number(value)) && value !== '';
const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: isString,
  bytes: isString,
  bool: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  int32: isWhole,
  int64: isWhole,
  uint32: isWhole,
  double: (value) => typeof value === 'number',
  float: (value) => typeof value === 'number',
};
const WELL_KNOWN: Readonly<Record<string, RegExp>> = {
  'google.protobuf.Duration': /^\d+(\.\d+)?s$/,
  'google.protobuf.Timestamp': /^\d{4}-\d\d-\d\dT/,
  'google.protobuf.FieldMask': /^[a-zA-Z_.,]+$/,
};

const behaviours = (field: Field): unknown[] =>
  Object.entries(field.options ?? {})
    .filter(([key]) => key.startsWith('(google.api.field_behavior)'))
    .flatMap(([, value]) => value);

function routesOf(scope: string, method: string, { requestType, parsedOptions }: Method): Route[] {
  const rules = (parsedOptions ?? [])
    .map((each) => each['(google.api.http)'] as Readonly<Record<string, string>> | undefined)
    .filter((each) => each !== undefined);
  return rules.map((rule) => {
    const [verb, path] = Object.entries(rule).find(([key]) => VERBS.includes(key)) ?? ['', ''];
    const { pattern, variables } = compile(path);
    return {
      method,
      verb: verb.toUpperCase(),
      pattern,
      variables,
      body: rule.body ?? null,
      requestType,
      scope,
    };
  });
}
const VERBS = ['get', 'post', 'patch', 'put', 'delete'];

function compile(path: string): Pick<Route, 'pattern' | 'variables'> {
  const variables: string[] = [];
  const source = path.replace(/\{([^=}]+)(?:=([^}]*))?\}/g, (_, name: string, shape = '*') => {
    variables.push(name);
    return `(${String(shape).replaceAll('**', '.+').replaceAll('*', '[^/]+')})`;
  });
  return { pattern: new RegExp(`^${source}$`), variables };
}

/** {"service.name": x, service: {…}} as {service: {name: x, …}}. */
function nestPaths(fields: Json): Json {
  const whole: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields).sort(([a], [b]) => a.length - b.length)) {
    const [name = '', inner] = path.split('.');
    whole[name] = inner ? { ...(whole[name] as Json | undefined), [inner]: value } : value;
  }
  return whole;
}
