/** A body to try `/predict` with, from the service's own OpenAPI description. */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The request's JSON schema with its references resolved, and an example that fits it. */
export function formOf(openApi: unknown): { schema: unknown; example: unknown } | null {
  const content = walk(openApi, [
    'paths',
    '/predict',
    'post',
    'requestBody',
    'content',
    'application/json',
  ]);
  if (!isObject(content)) return null;
  const schema = resolve(content.schema, openApi, 0);
  return { schema, example: content.example ?? firstOf(content.examples) ?? exampleOf(schema) };
}

function walk(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
}

/** In OpenAPI `examples` is an object of named ones. */
function firstOf(examples: unknown): unknown {
  const first = isObject(examples) ? Object.values(examples)[0] : undefined;
  return isObject(first) ? first.value : undefined;
}

/** A schema may name itself: it is followed so deep and no deeper. */
const DEEPEST = 8;

function resolve(schema: unknown, root: unknown, depth: number): unknown {
  if (Array.isArray(schema)) return schema.map((each) => resolve(each, root, depth));
  if (!isObject(schema) || depth > DEEPEST) return schema;
  if (typeof schema.$ref === 'string') {
    return resolve(walk(root, schema.$ref.replace(/^#\//, '').split('/')), root, depth + 1);
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, resolve(value, root, depth + 1)]),
  );
}

export function exampleOf(schema: unknown): unknown {
  if (!isObject(schema)) return null;
  if (schema.example !== undefined) return schema.example;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const choices = schema[key];
    if (Array.isArray(choices)) return exampleOf(choices[0]);
  }
  return exampleOfType(schema);
}

function exampleOfType(schema: Json): unknown {
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([key, value]) => [
          key,
          exampleOf(value),
        ]),
      );
    case 'array':
      return [exampleOf(schema.items)];
    case 'number':
    case 'integer':
      return 0;
    case 'boolean':
      return false;
    case 'string':
      return '';
    default:
      return null;
  }
}
