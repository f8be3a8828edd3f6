/** All that should stand in the account for one revision, in the order of making. */
import { fail } from '../../../../shared/base/studio-error';
import type { Json, Resource, RevisionRecord } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { logGroupOf } from '../aws/here';
import { policyOf, roleArn, trustIn } from '../aws/kinds/roles';
import { roleName } from '../aws/names';
import { FREE, kept, ownedBy, type Part, pricedBy, storage } from '../aws/storage';
import type { Here } from './here';
import { permitsFor } from './kinds/addresses';
import { aliasName } from './kinds/aliases';
import { ARCHITECTURE } from './kinds/functions';
import { functionName, versionName } from './naming';
import { lambdaOptions } from './options';

export function desiredOf(
  here: Here,
  wanted: Wanted,
  standingImages: readonly string[],
): Resource[] {
  const options = lambdaOptions(wanted.settings.options);
  const logGroup = logGroupOf(here, wanted.id);
  return ownedBy(wanted, [
    ...storage(wanted, { ...options, logGroup }, standingImages),
    ...(options.role === '' ? [role(here, wanted)] : []),
    theFunction(here, wanted),
    ...kept(wanted).map((record) => version(here, wanted, record)),
    alias(wanted),
    address(wanted),
  ]);
}

function role(here: Here, { id }: Wanted): Part {
  const { partition, region, account } = here.account;
  const name = roleName(id, region, 'function');
  const logs = `arn:${partition}:logs:${region}:${account}:log-group:${logGroupOf(here, id)}:*`;
  return {
    kind: 'role',
    name,
    what: `Role ${name}`,
    detail: 'writes the log and nothing else',
    price: FREE,
    spec: {
      trust: trustIn('lambda.amazonaws.com', here),
      policy: policyOf({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: [logs] }),
    },
  };
}

function configFor(here: Here, wanted: Wanted, record: RevisionRecord) {
  const settings = record.settings ?? wanted.settings;
  const size = settings.resources ?? fail('unexpected', `Revision ${record.number} tells no size.`);
  const { timeoutSeconds, role: chosen } = lambdaOptions(settings.options);
  return {
    revision: record.number,
    image: record.image ?? '',
    memoryMb: Math.round(size.memoryGib * 1024),
    timeoutSeconds,
    role: chosen || roleArn(here, roleName(wanted.id, here.account.region, 'function')),
    command: ['python3', '-m', record.packageName, 'lambda'],
    environment: settings.environment,
    logGroup: logGroupOf(here, wanted.id),
    architecture: ARCHITECTURE,
  };
}

function theFunction(here: Here, wanted: Wanted): Part {
  const config = configFor(here, wanted, wanted.revision);
  return {
    kind: 'function',
    name: functionName(wanted.id),
    what: `Function ${functionName(wanted.id)}`,
    detail: `${config.memoryMb} MB, ${config.timeoutSeconds} s at most, from ${config.image}`,
    price: pricedBy('duration', 'requests'),
    spec: { ...config, isOn: true },
  };
}

const version = (here: Here, wanted: Wanted, record: RevisionRecord): Part => ({
  kind: 'version',
  name: versionName(wanted.id, record.number),
  what: `Version of revision ${record.number}`,
  detail: 'the function as it is then; it stays so',
  price: FREE,
  spec: {
    ...configFor(here, wanted, record),
    record: JSON.parse(JSON.stringify(record)) as Json,
  },
});

const alias = ({ id, revision }: Wanted): Part => ({
  kind: 'alias',
  name: aliasName(id),
  what: `Alias ${aliasName(id)}`,
  detail: `leads to revision ${revision.number}, once that answers that it is ready`,
  price: FREE,
  spec: { revision: revision.number },
});

function address({ id, settings }: Wanted): Part {
  const isOpen = lambdaOptions(settings.options).access === 'everyone';
  const auth = isOpen ? 'NONE' : 'AWS_IAM';
  return {
    kind: 'function address',
    name: aliasName(id),
    what: `Address of ${aliasName(id)}`,
    detail: isOpen ? 'HTTPS, open to everyone' : 'HTTPS, for requests signed with AWS’s keys',
    price: FREE,
    spec: { auth, permits: permitsFor(auth) },
  };
}
