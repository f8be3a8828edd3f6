/** Lambda's API as far as it is used here: each answer checked as it comes. */
import { z } from 'zod';
import { fail } from '../../../../shared/base/studio-error';
import { orNone } from '../aws/failures';
import type { RestCall, RestClient } from '../aws/rest-client';

const configurationSchema = z.object({
  FunctionName: z.string(),
  FunctionArn: z.string(),
  Version: z.string().default('$LATEST'),
  Description: z.string().default(''),
  PackageType: z.string().nullish(),
  Role: z.string().default(''),
  Timeout: z.number().nullish(),
  MemorySize: z.number().nullish(),
  LastModified: z.string().nullish(),
  Architectures: z.array(z.string()).nullish(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()).nullish() }).nullish(),
  ImageConfigResponse: z
    .object({ ImageConfig: z.object({ Command: z.array(z.string()).nullish() }).nullish() })
    .nullish(),
  LoggingConfig: z.object({ LogGroup: z.string().nullish() }).nullish(),
  State: z.string().nullish(),
  StateReason: z.string().nullish(),
  StateReasonCode: z.string().nullish(),
  LastUpdateStatus: z.string().nullish(),
  LastUpdateStatusReason: z.string().nullish(),
  LastUpdateStatusReasonCode: z.string().nullish(),
});
export type Configuration = z.infer<typeof configurationSchema>;

const functionSchema = z.object({
  Configuration: configurationSchema,
  Code: z.object({ ImageUri: z.string().nullish() }).nullish(),
  Tags: z.record(z.string(), z.string()).nullish(),
  /** Instead of the tags, for who may not read them. */
  TagsError: z.object({ Message: z.string().default('') }).nullish(),
  Concurrency: z.object({ ReservedConcurrentExecutions: z.number().nullish() }).nullish(),
});
export type LambdaFunction = z.infer<typeof functionSchema>;

const aliasSchema = z.object({ Name: z.string(), FunctionVersion: z.string() });
const addressSchema = z.object({
  FunctionUrl: z.string(),
  AuthType: z.string(),
  InvokeMode: z.string().nullish(),
});
export type Address = z.infer<typeof addressSchema>;
const pageSchema = <T extends z.ZodType>(key: string, item: T) =>
  z
    .object({ NextMarker: z.string().nullish() })
    .loose()
    .transform((page) => ({
      items: z.array(item).parse(page[key] ?? []),
      next: page.NextMarker ?? undefined,
    }));
const policySchema = z.object({ Policy: z.string() });
const statementsSchema = z.object({ Statement: z.array(z.object({ Sid: z.string() }).loose()) });
export type Statement = z.infer<typeof statementsSchema>['Statement'][number];

const FUNCTIONS = '/2015-03-31/functions';
/** Start and the request itself, both at their longest. */
const INVOKE_MS = 20 * 60_000;

export class LambdaCalls {
  readonly #client: () => Promise<RestClient>;

  constructor(client: () => Promise<RestClient>) {
    this.#client = client;
  }

  async #ask<T extends z.ZodType>(call: RestCall, schema: T): Promise<z.output<T>> {
    return schema.parse((await (await this.#client()).ask(call)).json);
  }

  async #do(call: RestCall): Promise<void> {
    await (await this.#client()).ask(call);
  }

  /** Null where there is none. With a version or an alias: as it is there. */
  async getFunction(name: string, Qualifier?: string): Promise<LambdaFunction | null> {
    const call = { method: 'GET', path: `${FUNCTIONS}/${name}`, query: { Qualifier } } as const;
    const found = await orNone(this.#ask({ action: 'GetFunction', ...call }, functionSchema));
    if (!found?.TagsError) return found;
    return fail(
      'permission',
      `AWS does not let you read the tags of the function ${name}, by which Slipway knows its own. Ask for the permission lambda:ListTags.`,
      { detail: found.TagsError.Message },
    );
  }

  async functionNames(): Promise<string[]> {
    const schema = pageSchema('Functions', z.object({ FunctionName: z.string() }));
    const call = { action: 'ListFunctions', method: 'GET', path: FUNCTIONS } as const;
    const all = await this.#pages((Marker) => this.#ask({ ...call, query: { Marker } }, schema));
    return all.map(({ FunctionName }) => FunctionName);
  }

  /** Published ones, oldest first; none where there is no function. */
  async versions(name: string): Promise<Configuration[]> {
    const schema = pageSchema('Versions', configurationSchema);
    const path = `${FUNCTIONS}/${name}/versions`;
    const call = { action: 'ListVersionsByFunction', method: 'GET', path } as const;
    const all = await orNone(
      this.#pages((Marker) => this.#ask({ ...call, query: { Marker } }, schema)),
    );
    return (all ?? [])
      .filter(({ Version }) => Version !== '$LATEST')
      .sort((a, b) => Number(a.Version) - Number(b.Version));
  }

  async #pages<T>(
    page: (marker: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
  ): Promise<T[]> {
    const all: T[] = [];
    let marker: string | undefined;
    do {
      const { items, next } = await page(marker);
      all.push(...items);
      marker = next;
    } while (marker);
    return all;
  }

  createFunction(body: object): Promise<void> {
    return this.#do({ action: 'CreateFunction', method: 'POST', path: FUNCTIONS, body });
  }

  updateCode(name: string, body: object): Promise<void> {
    const path = `${FUNCTIONS}/${name}/code`;
    return this.#do({ action: 'UpdateFunctionCode', method: 'PUT', path, body });
  }

  updateConfiguration(name: string, body: object): Promise<void> {
    const path = `${FUNCTIONS}/${name}/configuration`;
    return this.#do({ action: 'UpdateFunctionConfiguration', method: 'PUT', path, body });
  }

  publish(name: string, Description: string): Promise<Configuration> {
    const path = `${FUNCTIONS}/${name}/versions`;
    const body = { Description };
    return this.#ask({ action: 'PublishVersion', method: 'POST', path, body }, configurationSchema);
  }

  /** With a version: that one alone. */
  async deleteFunction(name: string, Qualifier?: string): Promise<void> {
    const path = `${FUNCTIONS}/${name}`;
    await orNone(
      this.#do({ action: 'DeleteFunction', method: 'DELETE', path, query: { Qualifier } }),
    );
  }

  /** Up to a number of instances; with null as many as the account has. */
  async reserve(name: string, most: number | null): Promise<void> {
    const path = `/2017-10-31/functions/${name}/concurrency`;
    if (most === null) {
      return this.#do({ action: 'DeleteFunctionConcurrency', method: 'DELETE', path });
    }
    const body = { ReservedConcurrentExecutions: most };
    return this.#do({ action: 'PutFunctionConcurrency', method: 'PUT', path, body });
  }

  /** The version it leads to; null where there is none. */
  async alias(name: string, alias: string): Promise<string | null> {
    const path = `${FUNCTIONS}/${name}/aliases/${alias}`;
    const found = await orNone(this.#ask({ action: 'GetAlias', method: 'GET', path }, aliasSchema));
    return found?.FunctionVersion ?? null;
  }

  createAlias(name: string, Name: string, FunctionVersion: string): Promise<void> {
    const path = `${FUNCTIONS}/${name}/aliases`;
    const body = { Name, FunctionVersion };
    return this.#do({ action: 'CreateAlias', method: 'POST', path, body });
  }

  updateAlias(name: string, alias: string, FunctionVersion: string): Promise<void> {
    const path = `${FUNCTIONS}/${name}/aliases/${alias}`;
    return this.#do({ action: 'UpdateAlias', method: 'PUT', path, body: { FunctionVersion } });
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    const path = `${FUNCTIONS}/${name}/aliases/${alias}`;
    await orNone(this.#do({ action: 'DeleteAlias', method: 'DELETE', path }));
  }

  address(name: string, Qualifier: string): Promise<Address | null> {
    const path = `/2021-10-31/functions/${name}/url`;
    const call = { action: 'GetFunctionUrlConfig', method: 'GET', path } as const;
    return orNone(this.#ask({ ...call, query: { Qualifier } }, addressSchema));
  }

  /** Made, or changed where it is there. */
  putAddress(isThere: boolean, name: string, Qualifier: string, body: object): Promise<void> {
    const call = { path: `/2021-10-31/functions/${name}/url`, query: { Qualifier }, body };
    return this.#do(
      isThere
        ? { action: 'UpdateFunctionUrlConfig', method: 'PUT', ...call }
        : { action: 'CreateFunctionUrlConfig', method: 'POST', ...call },
    );
  }

  async deleteAddress(name: string, Qualifier: string): Promise<void> {
    const path = `/2021-10-31/functions/${name}/url`;
    await orNone(
      this.#do({ action: 'DeleteFunctionUrlConfig', method: 'DELETE', path, query: { Qualifier } }),
    );
  }

  /** Who may call an alias. */
  async statements(name: string, Qualifier: string): Promise<Statement[]> {
    const path = `${FUNCTIONS}/${name}/policy`;
    const call = { action: 'GetPolicy', method: 'GET', path } as const;
    const found = await orNone(this.#ask({ ...call, query: { Qualifier } }, policySchema));
    return found ? statementsSchema.parse(JSON.parse(found.Policy)).Statement : [];
  }

  addPermission(name: string, Qualifier: string, body: object): Promise<void> {
    const path = `${FUNCTIONS}/${name}/policy`;
    return this.#do({ action: 'AddPermission', method: 'POST', path, query: { Qualifier }, body });
  }

  async removePermission(name: string, Qualifier: string, statement: string): Promise<void> {
    const path = `${FUNCTIONS}/${name}/policy/${statement}`;
    await orNone(
      this.#do({ action: 'RemovePermission', method: 'DELETE', path, query: { Qualifier } }),
    );
  }

  tag(arn: string, Tags: Readonly<Record<string, string>>): Promise<void> {
    const path = `/2017-03-31/tags/${encodeURIComponent(arn)}`;
    return this.#do({ action: 'TagResource', method: 'POST', path, body: { Tags } });
  }

  async untag(arn: string, tagKeys: readonly string[]): Promise<void> {
    if (tagKeys.length === 0) return;
    const path = `/2017-03-31/tags/${encodeURIComponent(arn)}`;
    await orNone(this.#do({ action: 'UntagResource', method: 'DELETE', path, query: { tagKeys } }));
  }

  /** Waits for its answer; the log is the end of what it said meanwhile. */
  async invoke(name: string, Qualifier: string, event: object) {
    const { headers, json } = await (await this.#client()).ask({
      action: 'Invoke',
      method: 'POST',
      path: `${FUNCTIONS}/${name}/invocations`,
      query: { Qualifier },
      headers: { 'x-amz-log-type': 'Tail' },
      body: event,
      answerMs: INVOKE_MS,
    });
    const log = Buffer.from(headers.get('x-amz-log-result') ?? '', 'base64').toString();
    return { error: headers.get('x-amz-function-error'), log, payload: json };
  }

  /** To a function's own address, signed. */
  async send(...args: Parameters<RestClient['send']>): Promise<Response> {
    return (await this.#client()).send(...args);
  }
}
