/** A Lambda for tests: functions from images, their versions, aliases, addresses and permissions. */
import { isDeepStrictEqual } from 'node:util';
import type { FunctionEvent } from '../../../test-runtime-api';
import { EcsError as Refusal } from './ecs-state';
import {
  type Address,
  type Alias,
  type Asked,
  addressOf,
  type Json,
  type LambdaState,
  type Made,
  own,
  type World,
  without,
  withoutReasons,
} from './lambda-state';

export interface Invoked {
  readonly headers: Record<string, string>;
  readonly payload: unknown;
}

const BUSY_LOOKS = 2;
const refuse = (code: string, message: string): never => {
  throw new Refusal(code, message);
};

export class LambdaFake {
  readonly functions = new Map<string, LambdaState>();
  /** The next change of a function fails so. */
  failNext: { code: string; reason: string } | null = null;
  /** Counted on for ever, also where a function was deleted. */
  readonly #numbers = new Map<string, number>();
  readonly #world: World;
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async answer(asked: Asked): Promise<unknown> {
    const { operation, path, query, body } = asked;
    const [, , name = '', , part = ''] = path;
    const qualifier = query.get('Qualifier');
    switch (operation) {
      case 'CreateFunction':
        return this.#create(body);
      case 'ListFunctions':
        return { Functions: [...this.functions.values()].map(({ latest }) => latest.config) };
      case 'TagResource':
      case 'UntagResource':
        return this.#tag(operation, decodeURIComponent(name), body, query.getAll('tagKeys'));
    }
    const one = this.functions.get(name) ?? this.#missing(name);
    switch (operation) {
      case 'GetFunction':
        return this.#get(one, qualifier);
      case 'UpdateFunctionCode':
        return this.#updateCode(one, String(body.ImageUri));
      case 'UpdateFunctionConfiguration':
        return this.#update(one, body);
      case 'PublishVersion':
        return this.#publish(one, String(body.Description ?? ''));
      case 'ListVersionsByFunction':
        return { Versions: [one.latest, ...one.versions].map(({ config }) => config) };
      case 'DeleteFunction':
        return this.#delete(one, qualifier);
      case 'PutFunctionConcurrency':
        one.reserved = Number(body.ReservedConcurrentExecutions);
        return body;
      case 'DeleteFunctionConcurrency':
        one.reserved = null;
        return null;
      case 'CreateAlias':
        if (one.aliases.has(String(body.Name)))
          refuse('ResourceConflictException', `Alias already exists: ${body.Name}`);
        return this.#lead(one, String(body.Name), String(body.FunctionVersion));
      case 'UpdateAlias':
        this.#alias(one, part);
        return this.#lead(one, part, String(body.FunctionVersion));
      case 'GetAlias':
        return this.#aliasConfig(one, part);
      case 'DeleteAlias':
        one.aliases.delete(part);
        return null;
    }
    return this.#ofAlias(one, asked);
  }

  #ofAlias(one: LambdaState, { operation, path, query, body }: Asked): unknown {
    const qualifier = query.get('Qualifier') ?? '';
    const alias = this.#alias(one, qualifier);
    switch (operation) {
      case 'GetFunctionUrlConfig':
        return alias.address ? this.#addressConfig(one, alias.address) : this.#missing('its URL');
      case 'CreateFunctionUrlConfig':
        if (alias.address)
          refuse('ResourceConflictException', 'Failed to create function url config: exists');
        alias.address = {
          FunctionUrl: `${this.#world.url()}/function-url/${one.name}/${qualifier}/`,
          ...addressOf(body),
        };
        return without(this.#addressConfig(one, alias.address), 'LastModifiedTime');
      case 'UpdateFunctionUrlConfig':
        if (!alias.address) return this.#missing('its URL');
        Object.assign(alias.address, addressOf(body));
        return this.#addressConfig(one, alias.address);
      case 'DeleteFunctionUrlConfig':
        if (!alias.address) this.#missing('its URL');
        alias.address = null;
        return null;
      case 'GetPolicy':
        if (alias.statements.length === 0) this.#missing('its policy');
        return { Policy: JSON.stringify({ Statement: alias.statements }), RevisionId: 'stand' };
      case 'AddPermission': {
        const { StatementId: Sid, ...rest } = body;
        if (alias.statements.some((each) => each.Sid === Sid))
          refuse('ResourceConflictException', `The statement id (${Sid}) provided already exists.`);
        alias.statements.push({ Sid, Effect: 'Allow', ...rest });
        return { Statement: JSON.stringify(rest) };
      }
      case 'RemovePermission': {
        const sid = path.at(-1);
        if (!alias.statements.some((each) => each.Sid === sid)) this.#missing(`statement ${sid}`);
        alias.statements = alias.statements.filter((each) => each.Sid !== sid);
        return null;
      }
      default:
        return refuse('StandFailure', `the stand's Lambda does not play ${operation}`);
    }
  }

  /** By the API with its event, or by an address with a request as one. */
  async invoke(name: string, qualifier: string, event: FunctionEvent): Promise<Invoked> {
    const one = this.functions.get(name) ?? this.#missing(name);
    if (one.reserved === 0) refuse('TooManyRequestsException', 'Rate Exceeded.');
    const version = one.aliases.get(qualifier)?.version ?? qualifier;
    const { config, image } = this.#version(one, version);
    const id = `request-${++this.#count}`;
    const { error, payload, lines } = await this.#world.instances.invoke(
      {
        arn: config.FunctionArn,
        version,
        image,
        memoryMb: Number(config.MemorySize),
        command: (config.ImageConfigResponse as { ImageConfig: { Command: string[] } }).ImageConfig
          .Command,
        environment: (config.Environment as { Variables: Record<string, string> }).Variables,
        logGroup: (config.LoggingConfig as { LogGroup: string }).LogGroup,
      },
      event,
    );
    const log = [
      `START RequestId: ${id} Version: ${version}`,
      ...lines,
      `END RequestId: ${id}`,
      `REPORT RequestId: ${id} Duration: 3.00 ms Memory Size: ${config.MemorySize} MB`,
    ];
    const group = (config.LoggingConfig as { LogGroup: string }).LogGroup;
    await this.#world.writeLog(group, `2026/11/21/[${version}]${id}`, log);
    const tail = Buffer.from(log.join('\n')).toString('base64');
    return {
      payload,
      headers: { 'x-amz-log-result': tail, ...(error ? { 'x-amz-function-error': error } : {}) },
    };
  }

  /** A request to a function's address: who is not let in gets what AWS says. */
  async request(name: string, qualifier: string, event: FunctionEvent, isSigned: boolean) {
    const alias = this.functions.get(name)?.aliases.get(qualifier);
    const granted = alias?.statements.map(({ Action }) => Action) ?? [];
    const isOpen =
      alias?.address?.AuthType === 'NONE' &&
      ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].every((each) => granted.includes(each));
    const mayEnter = isOpen || (alias?.address?.AuthType === 'AWS_IAM' && isSigned);
    if (!mayEnter) return { statusCode: 403, headers: {}, body: '{"Message":"Forbidden"}' };
    const { payload, headers } = await this.invoke(name, qualifier, event);
    if (headers['x-amz-function-error'] !== undefined)
      return { statusCode: 502, headers: {}, body: 'Internal Server Error' };
    return payload as { statusCode: number; headers: Record<string, string>; body: string };
  }

  async #create(body: Json): Promise<unknown> {
    const name = String(body.FunctionName);
    if (this.functions.has(name))
      refuse('ResourceConflictException', `Function already exist: ${name}`);
    await this.#checkRole(String(body.Role));
    const image = String((body.Code as Json).ImageUri);
    await this.#checkImage(image);
    const { Tags, Code: _, ImageConfig, ...rest } = body;
    const { region, account } = this.#world;
    const one: LambdaState = {
      name,
      latest: {
        image,
        config: {
          ...rest,
          FunctionArn: `arn:aws:lambda:${region}:${account}:function:${name}`,
          Version: '$LATEST',
          State: 'Pending',
          StateReasonCode: 'Creating',
          LastUpdateStatus: 'Successful',
          ImageConfigResponse: { ImageConfig },
        },
      },
      versions: [],
      aliases: new Map(),
      tags: { ...(Tags as Record<string, string>) },
      reserved: null,
      busy: BUSY_LOOKS,
    };
    this.functions.set(name, one);
    return one.latest.config;
  }

  #get(one: LambdaState, qualifier: string | null): unknown {
    const { config, image } = this.#version(one, qualifier ?? '$LATEST');
    if (config.Version === '$LATEST' && one.busy > 0) {
      one.busy -= 1;
      if (one.busy === 0) this.#finish(one);
    }
    return {
      Configuration: config,
      Code: { RepositoryType: 'ECR', ImageUri: image, ResolvedImageUri: image },
      Tags: one.tags,
      ...(one.reserved === null
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: one.reserved } }),
    };
  }

  #finish({ latest }: LambdaState): void {
    const failure = this.failNext;
    this.failNext = null;
    const { StateReasonCode: _, ...config } = latest.config;
    latest.config = failure
      ? {
          ...config,
          State: config.State === 'Pending' ? 'Failed' : config.State,
          ...(config.State === 'Pending'
            ? { StateReasonCode: failure.code, StateReason: failure.reason }
            : {}),
          LastUpdateStatus: 'Failed',
          LastUpdateStatusReasonCode: failure.code,
          LastUpdateStatusReason: failure.reason,
        }
      : { ...withoutReasons(config), State: 'Active', LastUpdateStatus: 'Successful' };
  }

  #change(one: LambdaState, change: Json): unknown {
    const { State, LastUpdateStatus, FunctionArn } = one.latest.config;
    if (State === 'Pending' || LastUpdateStatus === 'InProgress')
      refuse(
        'ResourceConflictException',
        `The operation cannot be performed at this time. An update is in progress for resource: ${FunctionArn}`,
      );
    one.latest.config = { ...one.latest.config, ...change, LastUpdateStatus: 'InProgress' };
    one.busy = BUSY_LOOKS;
    return one.latest.config;
  }

  async #updateCode(one: LambdaState, image: string): Promise<unknown> {
    await this.#checkImage(image);
    const changed = this.#change(one, {});
    one.latest.image = image;
    return changed;
  }

  async #update(one: LambdaState, { ImageConfig, ...change }: Json): Promise<unknown> {
    await this.#checkRole(String(change.Role));
    return this.#change(one, { ...change, ImageConfigResponse: { ImageConfig } });
  }

  #publish(one: LambdaState, description: string): unknown {
    if (one.latest.config.State !== 'Active' || one.latest.config.LastUpdateStatus !== 'Successful')
      refuse('ResourceConflictException', 'The function is not ready to be published.');
    const last = one.versions.at(-1);
    const parts = ({ config, image }: Made) => ({ ...own(config), image });
    if (last && isDeepStrictEqual(parts(last), parts(one.latest))) return last.config;
    const number = (this.#numbers.get(one.name) ?? 0) + 1;
    this.#numbers.set(one.name, number);
    const { config, image } = one.latest;
    const Version = String(number);
    const made: Made = {
      image,
      config: {
        ...config,
        Version,
        Description: description,
        FunctionArn: `${config.FunctionArn}:${Version}`,
      },
    };
    one.versions.push(made);
    return made.config;
  }

  #delete(one: LambdaState, version: string | null): unknown {
    if (version === null) {
      this.functions.delete(one.name);
      return null;
    }
    const leading = [...one.aliases].find(([, alias]) => alias.version === version);
    if (leading)
      refuse('ResourceConflictException', `Alias ${leading[0]} points to version ${version}.`);
    one.versions = one.versions.filter(({ config }) => config.Version !== version);
    return null;
  }

  #lead(one: LambdaState, name: string, version: string): unknown {
    this.#version(one, version);
    const before = one.aliases.get(name) ?? { address: null, statements: [] };
    one.aliases.set(name, { ...before, version });
    return this.#aliasConfig(one, name);
  }

  #aliasConfig(one: LambdaState, name: string): unknown {
    const { version } = this.#alias(one, name);
    const AliasArn = `${one.latest.config.FunctionArn}:${name}`;
    return { AliasArn, Name: name, FunctionVersion: version, Description: '', RevisionId: 'stand' };
  }

  #addressConfig(one: LambdaState, address: Address): Json {
    const time = '2026-11-21T12:00:00.000000Z';
    const FunctionArn = one.latest.config.FunctionArn;
    return { ...address, FunctionArn, CreationTime: time, LastModifiedTime: time };
  }

  #tag(operation: string, arn: string, body: Json, keys: readonly string[]): null {
    const one = this.functions.get(arn.split(':').at(-1) ?? '') ?? this.#missing(arn);
    if (operation === 'TagResource') Object.assign(one.tags, body.Tags);
    const kept = Object.entries(one.tags).filter(([key]) => !keys.includes(key));
    if (kept.length > 50)
      refuse('InvalidParameterValueException', 'The number of tags exceeds 50.');
    one.tags = Object.fromEntries(kept);
    return null;
  }

  async #checkRole(arn: string): Promise<void> {
    if (await this.#world.hasRole(arn)) return;
    refuse(
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
    );
  }

  async #checkImage(image: string): Promise<void> {
    if (await this.#world.hasImage(image)) return;
    refuse(
      'InvalidParameterValueException',
      `Source image ${image} does not exist. Provide a valid source image.`,
    );
  }

  #version(one: LambdaState, version: string): Made {
    const all = [one.latest, ...one.versions];
    return all.find(({ config }) => config.Version === version) ?? this.#missing(version);
  }

  #alias(one: LambdaState, name: string): Alias {
    return one.aliases.get(name) ?? this.#missing(`alias ${name}`);
  }

  #missing(what: string): never {
    throw new Refusal(
      'ResourceNotFoundException',
      `The resource you requested does not exist: ${what}`,
    );
  }
}
