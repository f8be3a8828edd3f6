/** Requests checked against the service models that botocore ships: shapes, required members, enums, lengths, patterns. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const shapeSchema = z.object({
  type: z.string(),
  members: z
    .record(z.string(), z.object({ shape: z.string(), location: z.string().optional() }))
    .optional(),
  required: z.array(z.string()).optional(),
  member: z.object({ shape: z.string() }).optional(),
  value: z.object({ shape: z.string() }).optional(),
  enum: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
});
type Shape = z.infer<typeof shapeSchema>;

const modelSchema = z.object({
  operations: z.record(
    z.string(),
    z.object({
      http: z.object({ method: z.string(), requestUri: z.string() }),
      input: z.object({ shape: z.string() }).optional(),
      output: z.object({ shape: z.string() }).optional(),
    }),
  ),
  shapes: z.record(z.string(), shapeSchema),
});

export class ServiceModel {
  readonly #model: z.infer<typeof modelSchema>;

  constructor(botocore: string, service: string) {
    const folder = join(botocore, 'data', service);
    const version = readdirSync(folder).sort().at(-1) ?? '';
    const packed = readFileSync(join(folder, version, 'service-2.json.gz'));
    this.#model = modelSchema.parse(JSON.parse(gunzipSync(packed).toString()));
  }

  /** Of a service that speaks REST: by method and path. */
  operationAt(method: string, path: string): string | null {
    const matches = Object.entries(this.#model.operations).filter(([, { http }]) => {
      const pattern = http.requestUri.replace(/\?.*$/, '').replace(/\{[^}]+\}/g, '[^/]+');
      return http.method === method && new RegExp(`^${pattern}$`).test(path);
    });
    return matches[0]?.[0] ?? null;
  }

  /** Each problem a sentence; members that travel in the path or the query are not looked at. */
  problems(operation: string, which: 'input' | 'output', body: unknown): string[] {
    const found = this.#model.operations[operation];
    if (!found) return [`there is no operation ${operation}`];
    const shape = found[which]?.shape;
    return shape === undefined ? [] : this.#check(shape, body, operation);
  }

  #check(name: string, value: unknown, at: string): string[] {
    const shape = this.#model.shapes[name];
    if (!shape) return [`${at}: the shape ${name} is missing`];
    switch (shape.type) {
      case 'structure':
        return this.#structure(shape, value, at);
      case 'list': {
        if (!Array.isArray(value)) return [`${at} is no list`];
        const inner = shape.member?.shape ?? '';
        return [
          ...limits(shape, value.length, at),
          ...value.flatMap((each, index) => this.#check(inner, each, `${at}[${index}]`)),
        ];
      }
      case 'map':
        return isRecord(value)
          ? Object.entries(value).flatMap(([key, each]) =>
              this.#check(shape.value?.shape ?? '', each, `${at}.${key}`),
            )
          : [`${at} is no map`];
      case 'string':
        return typeof value === 'string' ? text(shape, value, at) : [`${at} is no text`];
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${at} is no switch`];
      case 'integer':
      case 'long':
        return Number.isInteger(value)
          ? limits(shape, Number(value), at)
          : [`${at} is no whole number`];
      default:
        return typeof value === 'number' ? [] : [`${at} is no ${shape.type}`];
    }
  }

  #structure(shape: Shape, value: unknown, at: string): string[] {
    if (!isRecord(value)) return [`${at} is no structure`];
    const members = shape.members ?? {};
    const elsewhere = (key: string) => members[key]?.location !== undefined;
    const missing = (shape.required ?? []).filter(
      (key) => !elsewhere(key) && value[key] === undefined,
    );
    return [
      ...missing.map((key) => `${at}.${key} is missing`),
      ...Object.entries(value).flatMap(([key, each]) => {
        const inner = members[key]?.shape;
        return inner === undefined
          ? [`${at}.${key} is not known`]
          : this.#check(inner, each, `${at}.${key}`);
      }),
    ];
  }
}

function text(shape: Shape, value: string, at: string): string[] {
  const strange =
    shape.enum && !shape.enum.includes(value)
      ? [`${at} is “${value}”, not one of ${shape.enum.join(', ')}`]
      : [];
  const pattern = shape.pattern === undefined ? null : new RegExp(`^(?:${shape.pattern})$`, 'u');
  const unfit = pattern && !pattern.test(value) ? [`${at} does not match ${shape.pattern}`] : [];
  return [...strange, ...unfit, ...limits(shape, value.length, at)];
}

const limits = (
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Shape,
  size: number,
  at: string,
) => (size < min || size > max ? [`${at} is ${size}, not between ${min} and ${max}`] : []);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
