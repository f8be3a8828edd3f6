/** What Microsoft's own package says of a body (the mappers of @azure/arm-appcontainers 3): fields, types, what is required. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Mapper {
  readonly serializedName?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly type: {
    readonly name: string;
    readonly className?: string;
    readonly modelProperties?: Readonly<Record<string, Mapper>>;
    readonly element?: Mapper;
    readonly value?: Mapper;
  };
}
type Json = Readonly<Record<string, unknown>>;

// The package has it in its folder and does not name it among what it offers.
const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('arm-appcontainers-schema'));
const ALL = require(join(folder, 'models', 'mappers.js')) as Readonly<Record<string, Mapper>>;

/** Every reason to refuse a body; of a PATCH nothing is required. */
export function problemsOfBody(className: string, body: unknown, isPatch: boolean): string[] {
  return problemsOfModel(className, body as Json, '', isPatch);
}

function problemsOfModel(className: string, value: Json, at: string, isPatch: boolean): string[] {
  const properties = ALL[className]?.type.modelProperties;
  if (!properties) throw new Error(`No mapper ${className}`);
  const fields = new Map(
    Object.values(properties).map((each) => [each.serializedName ?? '', each] as const),
  );
  const flat = flatten(value, new Set(fields.keys()));
  const missing = [...fields]
    .filter(([name, { required }]) => required && !isPatch && flat[name] == null)
    .map(([name]) => `${at}${name} is required`);
  const wrong = Object.entries(flat).flatMap(([name, each]) => {
    const field = fields.get(name);
    if (!field) return [`${at}${name} is no field of ${className}`];
    if (each === null || each === undefined) return [];
    if (field.readOnly) return [`${at}${name} is set by Azure only`];
    return problemsOfValue(field, each, `${at}${name}`, isPatch);
  });
  return [...missing, ...wrong];
}

/** {properties: {template: x}} has the name "properties.template" there. */
function flatten(value: Json, names: ReadonlySet<string>): Json {
  const whole: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    const isOuter = [...names].some((name) => name.startsWith(`${key}.`));
    if (!isOuter || typeof each !== 'object' || each === null) whole[key] = each;
    else for (const [inner, one] of Object.entries(each)) whole[`${key}.${inner}`] = one;
  }
  return whole;
}

function problemsOfValue({ type }: Mapper, value: unknown, at: string, isPatch: boolean): string[] {
  switch (type.name) {
    case 'Composite':
      return typeof value === 'object'
        ? problemsOfModel(type.className ?? '', value as Json, `${at}.`, isPatch)
        : [`${at} is no ${type.className}`];
    case 'Sequence':
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((each, index) =>
        type.element ? problemsOfValue(type.element, each, `${at}[${index}]`, isPatch) : [],
      );
    case 'Dictionary':
      return Object.entries(value as Json).flatMap(([key, each]) =>
        type.value && each !== null
          ? problemsOfValue(type.value, each, `${at}.${key}`, isPatch)
          : [],
      );
    case 'String':
    case 'Number':
    case 'Boolean':
      return typeof value === type.name.toLowerCase() ? [] : [`${at} is no ${type.name}`];
    default:
      return [];
  }
}

const LONGEST_TAG = 256;
const MOST_TAGS = 50;

/** What every resource of Azure holds to. */
export function problemsOfTags(tags: Readonly<Record<string, string>> | undefined): string[] {
  const entries = Object.entries(tags ?? {});
  return [
    ...(entries.length > MOST_TAGS ? [`${entries.length} tags, at most ${MOST_TAGS}`] : []),
    ...entries
      .filter(([key, value]) => /[<>%&\\?/]/.test(key) || value.length > LONGEST_TAG)
      .map(([key]) => `the tag ${key} cannot be kept`),
  ];
}
