/** Lambda's API as far as it is used here: each answer checked as it comes. */
import type {
  AddPermissionRequest,
  CreateFunctionRequest,
  CreateFunctionUrlConfigRequest,
  Lambda,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { fail } from '../../../../shared/base/studio-error';
import { orNone } from '../aws/failures';

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

const addressSchema = z.object({
  FunctionUrl: z.string(),
  AuthType: z.string(),
  InvokeMode: z.string().nullish(),
});
export type Address = z.infer<typeof addressSchema>;
const statementsSchema = z.object({ Statement: z.array(z.object({ Sid: z.string() }).loose()) });
export type Statement = z.infer<typeof statementsSchema>['Statement'][number];

/** Start and the request itself, both at their longest. */
const INVOKE_MS = 20 * 60_000;

export class LambdaCalls {
  readonly #client: () => Promise<Lambda>;

  constructor(client: () => Promise<Lambda>) {
    this.#client = client;
  }

  /** Null where there is none. With a version or an alias: as it is there. */
  async getFunction(FunctionName: string, Qualifier?: string): Promise<LambdaFunction | null> {
    const lambda = await this.#client();
    const answer = await orNone(lambda.getFunction({ FunctionName, Qualifier }));
    if (answer === null) return null;
    const found = functionSchema.parse(answer);
    if (!found.TagsError) return found;
    return fail(
      'permission',
      `AWS does not let you read the tags of the function ${FunctionName}, by which Slipway knows its own. Ask for the permission lambda:ListTags.`,
      { detail: found.TagsError.Message },
    );
  }

  async functionNames(): Promise<string[]> {
    const lambda = await this.#client();
    const all = await allPages(async (Marker) => {
      const { Functions, NextMarker } = await lambda.listFunctions({ Marker });
      return { items: Functions, next: NextMarker };
    });
    return all.flatMap(({ FunctionName }) => FunctionName ?? []);
  }

  /** Published ones, oldest first; none where there is no function. */
  async versions(FunctionName: string): Promise<Configuration[]> {
    const lambda = await this.#client();
    const all = await orNone(
      allPages(async (Marker) => {
        const answer = await lambda.listVersionsByFunction({ FunctionName, Marker });
        return { items: answer.Versions, next: answer.NextMarker };
      }),
    );
    return (all ?? [])
      .map((each) => configurationSchema.parse(each))
      .filter(({ Version }) => Version !== '$LATEST')
      .sort((a, b) => Number(a.Version) - Number(b.Version));
  }

  async createFunction(wanted: CreateFunctionRequest): Promise<void> {
    await (await this.#client()).createFunction(wanted);
  }

  async updateCode(wanted: UpdateFunctionCodeRequest): Promise<void> {
    await (await this.#client()).updateFunctionCode(wanted);
  }

  async updateConfiguration(wanted: UpdateFunctionConfigurationRequest): Promise<void> {
    await (await this.#client()).updateFunctionConfiguration(wanted);
  }

  async publish(FunctionName: string, Description: string): Promise<Configuration> {
    const lambda = await this.#client();
    return configurationSchema.parse(await lambda.publishVersion({ FunctionName, Description }));
  }

  /** With a version: that one alone. */
  async deleteFunction(FunctionName: string, Qualifier?: string): Promise<void> {
    await orNone((await this.#client()).deleteFunction({ FunctionName, Qualifier }));
  }

  /** Up to a number of instances; with null as many as the account has. */
  async reserve(FunctionName: string, most: number | null): Promise<void> {
    const lambda = await this.#client();
    if (most === null) await lambda.deleteFunctionConcurrency({ FunctionName });
    else {
      const ReservedConcurrentExecutions = most;
      await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions });
    }
  }

  /** The version it leads to; null where there is none. */
  async alias(FunctionName: string, Name: string): Promise<string | null> {
    const found = await orNone((await this.#client()).getAlias({ FunctionName, Name }));
    return found?.FunctionVersion ?? null;
  }

  async createAlias(FunctionName: string, Name: string, FunctionVersion: string): Promise<void> {
    await (await this.#client()).createAlias({ FunctionName, Name, FunctionVersion });
  }

  async updateAlias(FunctionName: string, Name: string, FunctionVersion: string): Promise<void> {
    await (await this.#client()).updateAlias({ FunctionName, Name, FunctionVersion });
  }

  async deleteAlias(FunctionName: string, Name: string): Promise<void> {
    await orNone((await this.#client()).deleteAlias({ FunctionName, Name }));
  }

  async address(FunctionName: string, Qualifier: string): Promise<Address | null> {
    const lambda = await this.#client();
    const found = await orNone(lambda.getFunctionUrlConfig({ FunctionName, Qualifier }));
    return found && addressSchema.parse(found);
  }

  /** Made, or changed where it is there. */
  async putAddress(isThere: boolean, wanted: CreateFunctionUrlConfigRequest): Promise<void> {
    const lambda = await this.#client();
    if (isThere) await lambda.updateFunctionUrlConfig(wanted);
    else await lambda.createFunctionUrlConfig(wanted);
  }

  async deleteAddress(FunctionName: string, Qualifier: string): Promise<void> {
    await orNone((await this.#client()).deleteFunctionUrlConfig({ FunctionName, Qualifier }));
  }

  /** Who may call an alias. */
  async statements(FunctionName: string, Qualifier: string): Promise<Statement[]> {
    const found = await orNone((await this.#client()).getPolicy({ FunctionName, Qualifier }));
    return found?.Policy ? statementsSchema.parse(JSON.parse(found.Policy)).Statement : [];
  }

  async addPermission(wanted: AddPermissionRequest): Promise<void> {
    await (await this.#client()).addPermission(wanted);
  }

  async removePermission(
    FunctionName: string,
    Qualifier: string,
    StatementId: string,
  ): Promise<void> {
    const lambda = await this.#client();
    await orNone(lambda.removePermission({ FunctionName, Qualifier, StatementId }));
  }

  async tag(Resource: string, Tags: Record<string, string>): Promise<void> {
    await (await this.#client()).tagResource({ Resource, Tags });
  }

  async untag(Resource: string, TagKeys: string[]): Promise<void> {
    if (TagKeys.length === 0) return;
    await orNone((await this.#client()).untagResource({ Resource, TagKeys }));
  }

  /** Waits for its answer; the log is the end of what it said meanwhile. */
  async invoke(FunctionName: string, Qualifier: string, event: object) {
    const lambda = await this.#client();
    const { FunctionError, LogResult, Payload } = await lambda.invoke(
      { FunctionName, Qualifier, LogType: 'Tail', Payload: JSON.stringify(event) },
      { requestTimeout: INVOKE_MS },
    );
    const text = Payload?.transformToString() ?? '';
    const payload: unknown = text === '' ? null : JSON.parse(text);
    const log = Buffer.from(LogResult ?? '', 'base64').toString();
    return { error: FunctionError ?? null, log, payload };
  }
}

async function allPages<T>(
  page: (
    marker: string | undefined,
  ) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  do {
    const { items, next } = await page(marker);
    all.push(...(items ?? []));
    marker = next;
  } while (marker);
  return all;
}
