/** Container Apps as the stand has it: apps whose revisions roll out or fail, environments, jobs and their runs. */
import { isDeepStrictEqual } from 'node:util';
import { ArmRefusal, type ArmState, type Json, merge, type Thing } from './arm-state';

/** What a handler answers: a body at once, or an operation that goes on. */
export type Answer =
  | { readonly body: unknown }
  | { readonly operation: string; readonly body?: unknown };
export interface Asked {
  readonly verb: string;
  /** Below the resource group: "Microsoft.App/containerApps/churn". */
  readonly path: string;
  /** What follows it: "revisions/churn--r1/activate". */
  readonly rest: readonly string[];
  readonly body: Json;
}
export type Handler = (state: ArmState, asked: Asked) => Answer;

const inner = (value: unknown, key: string): Json =>
  ((value as Json | undefined)?.[key] ?? {}) as Json;
const listOf = (value: unknown, key: string): readonly Json[] =>
  ((value as Json | undefined)?.[key] ?? []) as readonly Json[];
const imageOf = (template: unknown): string => String(listOf(template, 'containers')[0]?.image);

/** Values of secrets are never shown. */
function shown(thing: Thing): Json {
  const configuration = inner(thing.properties, 'configuration');
  const secrets = listOf(configuration, 'secrets').map(({ name }) => ({ name }));
  return {
    ...thing,
    properties: { ...thing.properties, configuration: { ...configuration, secrets } },
  };
}

const remove = (state: ArmState, path: string): Answer => {
  state.get(path);
  state.change(path, { provisioningState: 'Deleting' });
  return {
    operation: state.begin(path, () => {
      state.drop(path);
      return null;
    }),
  };
};

const bad = (code: string, message: string): never => {
  throw new ArmRefusal(400, code, message);
};

function checkParts(state: ArmState, properties: Json): void {
  const configuration = inner(properties, 'configuration');
  const secrets = new Set(listOf(configuration, 'secrets').map(({ name }) => name));
  for (const { name, value, keyVaultUrl } of listOf(configuration, 'secrets'))
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(String(name)) || !(value || keyVaultUrl))
      bad('ContainerAppSecretInvalid', `Invalid value for the secret ${name}.`);
  for (const { passwordSecretRef } of listOf(configuration, 'registries'))
    if (passwordSecretRef && !secrets.has(passwordSecretRef))
      bad('ContainerAppSecretRefNotFound', `SecretRef '${passwordSecretRef}' not found.`);
  const [container] = listOf(inner(properties, 'template'), 'containers');
  for (const { secretRef } of listOf(container, 'env'))
    if (secretRef && !secrets.has(secretRef))
      bad('ContainerAppSecretRefNotFound', `SecretRef '${secretRef}' not found.`);
  const { cpu, memory } = inner(container, 'resources');
  if (memory !== `${Number(cpu) * 2}Gi`)
    bad('ContainerAppInvalidResourceTotal', `cpu ${cpu} with memory ${memory} is not supported.`);
  const environment = String(properties.environmentId).split('/').at(-1);
  if (
    state.get(`Microsoft.App/managedEnvironments/${environment}`).properties.provisioningState !==
    'Succeeded'
  )
    bad('ManagedEnvironmentNotReadyForAppCreation', `${environment} is not ready.`);
}

function checkTraffic(state: ArmState, path: string, properties: Json): void {
  const ingress = inner(inner(properties, 'configuration'), 'ingress');
  for (const { revisionName } of listOf(ingress, 'traffic'))
    if (revisionName && !state.things.has(`${path}/revisions/${revisionName}`))
      bad('ContainerAppTrafficRevisionNotFound', `Revision '${revisionName}' does not exist.`);
}

function putApp(state: ArmState, { verb, path, body }: Asked): Answer {
  const before = state.things.get(path);
  if (verb === 'PATCH') state.get(path);
  if (before?.properties.provisioningState === 'InProgress')
    throw new ArmRefusal(409, 'ContainerAppOperationInProgress', 'An operation is in progress.');
  const name = path.split('/').at(-1) ?? '';
  const whole = (verb === 'PATCH' ? merge(before, body) : body) as Thing;
  checkParts(state, whole.properties);
  checkTraffic(state, path, whole.properties);
  const ingress = inner(inner(whole.properties, 'configuration'), 'ingress');
  const own = `${name}.${ingress.external ? '' : 'internal.'}stand.azurecontainerapps.test`;
  const fqdn = (ingress.external && state.runner?.host) || own;
  const properties = merge(whole.properties, {
    provisioningState: 'InProgress',
    runningStatus: before?.properties.runningStatus ?? 'Running',
    configuration: { ingress: { fqdn } },
  }) as Json;
  state.put(path, {
    ...whole,
    tags: (body.tags as Thing['tags']) ?? before?.tags ?? {},
    properties,
  });
  const revision = addRevision(state, path, inner(whole.properties, 'template'));
  const finish = () => {
    if (revision) settleRevision(state, path, revision);
    state.change(path, { provisioningState: 'Succeeded' });
    return null;
  };
  const isDue = () => !state.runner || !revision || state.runner.endOf(revision) !== null;
  const operation = state.begin(path, finish, isDue);
  return { operation, body: shown(state.things.get(path) as Thing) };
}

function addRevision(state: ArmState, path: string, template: Json): string | null {
  const name = `${path.split('/').at(-1)}--${template.revisionSuffix}`;
  const there = state.things.get(`${path}/revisions/${name}`);
  if (there) {
    if (isDeepStrictEqual(there.properties.template, template)) return null;
    throw new ArmRefusal(400, 'ContainerAppRevisionSuffixInUse', `${name} is there already.`);
  }
  state.put(`${path}/revisions/${name}`, {
    properties: {
      template,
      active: true,
      createdTime: new Date().toISOString(),
      provisioningState: 'Provisioning',
      runningState: 'Processing',
      healthState: 'None',
    },
  });
  const configuration = inner(state.things.get(path)?.properties, 'configuration');
  state.runner?.begin(`${path}/revisions/${name}`, template, configuration);
  return `${path}/revisions/${name}`;
}

function settleRevision(state: ArmState, app: string, path: string): void {
  const revision = state.things.get(path);
  if (revision?.properties.provisioningState !== 'Provisioning') return;
  const ran = state.runner?.endOf(path);
  const outcome = ran ? ran.bad : state.outcomeOf(imageOf(revision.properties.template));
  state.change(
    path,
    outcome
      ? {
          provisioningState: 'Failed',
          provisioningError: outcome.error,
          runningState: 'Failed',
          healthState: 'Unhealthy',
        }
      : { provisioningState: 'Provisioned', runningState: 'Running', healthState: 'Healthy' },
  );
  const subject = `${app.split('/').at(-1)}/${path.split('/').at(-1)}`;
  for (const line of ran?.log ?? outcome?.log ?? ['Application startup complete.'])
    state.log(subject, line);
}

function callRevision(state: ArmState, { path, rest }: Asked): Answer {
  const [, name, action] = rest;
  if (name === undefined) return { body: { value: state.list(`${path}/revisions`) } };
  const revision = `${path}/revisions/${name}`;
  const there = state.get(revision);
  if (action === undefined) return { body: there };
  if (action === 'replicas') {
    const logStreamEndpoint = `https://logs.stand.test/${path.split('/').at(-1)}/${name}`;
    return {
      body: { value: [{ name: 'one', properties: { containers: [{ logStreamEndpoint }] } }] },
    };
  }
  const running = { active: true, runningState: 'Running' };
  if (action === 'activate') state.change(revision, running);
  if (action === 'deactivate') {
    const traffic = listOf(
      inner(inner(state.get(path).properties, 'configuration'), 'ingress'),
      'traffic',
    );
    if (traffic.some(({ revisionName }) => revisionName === name))
      bad('RevisionHasTraffic', `${name} gets traffic.`);
    state.change(revision, { active: false, runningState: 'Stopped' });
    purge(state, path);
  }
  return { body: null };
}

/** Azure keeps as many of those at rest as the app says, the newest. */
function purge(state: ArmState, path: string): void {
  const most = Number(
    inner(state.get(path).properties, 'configuration').maxInactiveRevisions ?? 100,
  );
  const idle = state.list(`${path}/revisions`).filter(({ properties }) => !properties.active);
  for (const { name } of idle.slice(0, Math.max(0, idle.length - most)))
    state.drop(`${path}/revisions/${name}`);
}

export const appHandler: Handler = (state, asked) => {
  const { verb, path, rest, body } = asked;
  const [action] = rest;
  if (action === 'revisions') return callRevision(state, asked);
  if (action === 'listSecrets') return { body: { value: secretsOf(state.get(path)) } };
  if (action === 'getAuthtoken')
    return { body: { location: 'x', properties: { token: 'log-token' } } };
  if (action === 'stop' || action === 'start') {
    state.get(path);
    return {
      operation: state.begin(path, () => {
        state.change(path, { runningStatus: action === 'stop' ? 'Stopped' : 'Running' });
        return null;
      }),
    };
  }
  if (verb === 'DELETE') return remove(state, path);
  if (verb === 'GET') return { body: shown(state.get(path)) };
  return putApp(state, { ...asked, body });
};

const secretsOf = (thing: Thing): readonly Json[] =>
  listOf(inner(thing.properties, 'configuration'), 'secrets');

export const environmentHandler: Handler = (state, { verb, path, body }) => {
  if (verb === 'DELETE') {
    const inUse = [...state.things.values()].some(({ properties }) =>
      String(properties.environmentId).endsWith(`/${path.split('/').at(-1)}`),
    );
    if (inUse) throw new ArmRefusal(409, 'ManagedEnvironmentHasContainerApps', 'It is in use.');
    return remove(state, path);
  }
  if (verb === 'GET') return { body: state.get(path) };
  const properties = { ...inner(body, 'properties'), provisioningState: 'InProgress' };
  const made = state.put(path, { ...(body as unknown as Thing), properties });
  const operation = state.begin(path, () => {
    state.change(path, { provisioningState: 'Succeeded' });
    return null;
  });
  return { operation, body: made };
};

export const jobHandler: Handler = (state, asked) => {
  const { verb, path, rest, body } = asked;
  const [action] = rest;
  if (action === 'listSecrets') return { body: { value: secretsOf(state.get(path)) } };
  if (action === 'start') return startJob(state, path);
  if (action === 'executions') return callExecution(state, asked);
  if (action === 'suspend' || action === 'resume') {
    state.get(path);
    return {
      operation: state.begin(path, () => {
        state.change(path, { runningState: action === 'suspend' ? 'Suspended' : 'Ready' });
        return null;
      }),
    };
  }
  if (verb === 'DELETE') return remove(state, path);
  if (verb === 'GET') return { body: shown(state.get(path)) };
  if (state.things.get(path)?.properties.provisioningState === 'InProgress')
    throw new ArmRefusal(409, 'JobOperationInProgress', 'An operation is in progress.');
  const given = inner(body, 'properties');
  checkParts(state, given);
  const outcome = state.outcomeOf(imageOf(inner(given, 'template')));
  if (outcome && /MANIFEST|UNAUTHORIZED/.test(outcome.error))
    bad('InvalidParameterValueInContainerTemplate', `The image can't be pulled: ${outcome.error}`);
  const made = state.put(path, {
    ...(body as unknown as Thing),
    properties: { ...given, provisioningState: 'InProgress', runningState: 'Ready' },
  });
  const operation = state.begin(path, () => {
    state.change(path, { provisioningState: 'Succeeded' });
    return null;
  });
  return { operation, body: shown(made) };
};

function startJob(state: ArmState, path: string): Answer {
  const job = state.get(path);
  const job_name = path.split('/').at(-1) ?? '';
  const name = `${job_name}-x${state.list(`${path}/executions`).length + 1}`;
  const execution = `${path}/executions/${name}`;
  const template = inner(job.properties, 'template');
  const startTime = new Date(Date.now() + state.list(`${path}/executions`).length).toISOString();
  const made = state.put(execution, { properties: { status: 'Running', startTime, template } });
  const outcome = state.outcomeOf(imageOf(template));
  state.begin(execution, () => {
    const status = outcome ? 'Failed' : 'Succeeded';
    state.change(execution, { status, endTime: new Date().toISOString() });
    for (const line of outcome?.log ?? ['All steps are done.'])
      state.log(`${job_name}/${name}`, line);
    return null;
  });
  return { body: { id: made.id, name } };
}

function callExecution(state: ArmState, { path, rest }: Asked): Answer {
  const [, name, action] = rest;
  if (name === undefined) return { body: { value: state.list(`${path}/executions`) } };
  if (action === 'replicas') {
    const logStreamEndpoint = `https://logs.stand.test/${path.split('/').at(-1)}/${name}`;
    return { body: { value: [{ properties: { containers: [{ logStreamEndpoint }] } }] } };
  }
  if (action === 'stop') state.change(`${path}/executions/${name}`, { status: 'Stopped' });
  return { body: state.get(`${path}/executions/${name}`) };
}

export const registryHandler: Handler = (state, { verb, path, rest, body }) => {
  const name = path.split('/').at(-1) ?? '';
  if (rest[0] === 'listCredentials') {
    const { properties } = state.get(path);
    if (!properties.adminUserEnabled)
      throw new ArmRefusal(400, 'UnAuthorizedForCredentialOperations', 'The admin user is off.');
    return { body: { username: name, passwords: [{ name: 'password', value: 'pull-me' }] } };
  }
  if (verb === 'DELETE') {
    state.dropImages(({ server }) => server === `${name}.azurecr.io`);
    return remove(state, path);
  }
  if (verb === 'GET') return { body: state.get(path) };
  if (!/^[a-z0-9]{5,50}$/i.test(name)) bad('InvalidName', `${name} is no name of a registry.`);
  const before = state.things.get(path);
  if (verb === 'PUT' && !(inner(body, 'sku').name && body.location))
    bad('MissingProperty', 'sku and location are required.');
  const whole = (verb === 'PATCH' ? merge(before, { ...body, tags: null }) : body) as Thing;
  const made = state.put(path, {
    ...whole,
    tags: (body.tags as Thing['tags']) ?? before?.tags ?? {},
    properties: {
      ...whole.properties,
      provisioningState: 'Creating',
      loginServer: `${name}.azurecr.io`,
    },
  });
  const operation = state.begin(path, () => {
    state.change(path, { provisioningState: 'Succeeded' });
    return null;
  });
  return { operation, body: made };
};
