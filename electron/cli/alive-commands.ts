/** list, logs, start, stop, restart, run-now, rollback, remove, predict: what is alive, from a terminal. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { fail } from '../../shared/base/studio-error';
import { formatUsd } from '../../shared/base/units';
import { type Deployment, deletedOf } from '../../shared/operate';
import { EXIT } from './exit';
import { table } from './output';
import { isAnswerYes } from './question';
import { finish, need, type Session, withSession } from './session';

interface JsonOption {
  readonly json?: boolean;
}

export function addAliveCommands(program: Command): void {
  program
    .command('list')
    .description('everything that is alive: state, health, cost so far')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => withSession(options, list));
  program
    .command('logs')
    .argument('<deployment>')
    .description('its last lines; --follow goes on')
    .option('-n, --tail <lines>', 'how many', '200')
    .option('-f, --follow', 'go on as lines come')
    .option('--search <text>', 'only lines with this text')
    .option('--json', 'print JSON')
    .action((id: string, options: LogOptions) =>
      withSession(options, (session) => logs(session, id, options)),
    );
  for (const [name, description] of VERBS) {
    program
      .command(name)
      .argument('<deployment>')
      .description(description)
      .option('--json', 'print JSON')
      .action((id: string, options: JsonOption) =>
        withSession(options, (session) => act(session, id, name)),
      );
  }
  program
    .command('remove')
    .argument('<deployment>')
    .description('end it and delete all of it; nothing is left behind')
    .option('-y, --yes', 'do not ask; a terminal is asked, a script is not')
    .option('--json', 'print JSON')
    .action((id: string, options: JsonOption & { yes?: boolean }) =>
      withSession(options, (session) => remove(session, id, options.yes === true)),
    );
  program
    .command('rollback')
    .argument('<deployment>')
    .description('back to the revision before, or to the one named')
    .option('--to <revision>', 'a revision number')
    .option('--json', 'print JSON')
    .action((id: string, options: JsonOption & { to?: string }) =>
      withSession(options, (session) => rollback(session, id, options.to)),
    );
  program
    .command('predict')
    .argument('<deployment>')
    .argument('[body]', 'JSON, or @file; without it the service’s own example')
    .description('ask the service’s /predict')
    .option('--json', 'print JSON')
    .action((id: string, body: string | undefined, options: JsonOption) =>
      withSession(options, (session) => predict(session, id, body)),
    );
}

const VERBS = [
  ['start', 'start it again'],
  ['stop', 'stop it; it stays in the list'],
  ['restart', 'stop and start it'],
  ['run-now', 'one run of a job, now'],
] as const;

type Verb = (typeof VERBS)[number][0];

async function list({ studio, output }: Session): Promise<number> {
  need(await studio.operate.refresh());
  const { deployments } = studio.operate.state.value;
  output.result(studio.operate.state.value);
  if (deployments.length === 0) output.say('Nothing is alive.');
  else output.say(deploymentTable(deployments));
  for (const { place, why } of studio.operate.state.value.unreachable) {
    output.say(`${place} could not be asked: ${why}`);
  }
  return EXIT.done;
}

export function deploymentTable(deployments: readonly Deployment[]): string {
  return table(
    ['name', 'target', 'mode', 'state', 'revision', 'where', '$/h', 'to date'],
    deployments.map((one) => [
      one.name,
      one.place ?? one.targetId,
      one.mode,
      one.status,
      String(one.revision),
      one.url ?? (one.nextRunAt ? `next ${new Date(one.nextRunAt).toISOString()}` : ''),
      one.cost.perHour === null ? 'unknown' : formatUsd(one.cost.perHour),
      one.cost.toDate === null ? 'unknown' : formatUsd(one.cost.toDate.likely),
    ]),
    [6, 7],
  );
}

interface LogOptions extends JsonOption {
  readonly tail: string;
  readonly follow?: boolean;
  readonly search?: string;
}

async function logs(
  { studio, output }: Session,
  text: string,
  options: LogOptions,
): Promise<number> {
  const id = await studio.operate.keyOf(text);
  if (options.follow) {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    for await (const { lines } of studio.operate.followLogs(
      id,
      Number(options.tail),
      stop.signal,
    )) {
      for (const line of lines) output.say(line.text);
    }
    return EXIT.done;
  }
  const lines = options.search
    ? need(await studio.operate.searchLogs(id, options.search))
    : need(await studio.operate.readLogs(id, Number(options.tail)));
  output.result(lines);
  for (const line of lines) output.say(line.text);
  return EXIT.done;
}

async function act({ studio, output }: Session, text: string, verb: Verb): Promise<number> {
  const id = await studio.operate.keyOf(text);
  await finish(await studio.operate.command(id, verb === 'run-now' ? 'run' : verb));
  output.result({ id, done: verb });
  output.say(`${id}: ${verb} done.`);
  return EXIT.done;
}

/** A person who looks on is asked, as the window does; a script has said what it wants. */
async function remove({ studio, output }: Session, text: string, isSure: boolean): Promise<number> {
  const id = await studio.operate.keyOf(text);
  const found = await studio.operate.find(id);
  const question = `Remove ${found.name}? It is stopped, and ${deletedOf(found)} are deleted from ${found.place ?? 'this computer'}. This cannot be undone. [y/N] `;
  const isAsked = process.stdin.isTTY && !output.isJson && !isSure;
  if (isAsked && !(await isAnswerYes(output, question))) {
    output.say('Nothing was removed.');
    return EXIT.no;
  }
  await finish(await studio.operate.remove(id));
  output.result({ id, done: 'remove' });
  output.say(`${id} is removed; nothing is left of it.`);
  return EXIT.done;
}

async function rollback({ studio, output }: Session, text: string, to?: string): Promise<number> {
  const id = await studio.operate.keyOf(text);
  await finish(await studio.operate.rollback(id, to === undefined ? undefined : Number(to)));
  const { revision } = await studio.operate.find(id);
  output.result({ id, revision });
  output.say(`${id} is back at revision ${revision}.`);
  return EXIT.done;
}

async function predict({ studio, output }: Session, text: string, body?: string): Promise<number> {
  const id = await studio.operate.keyOf(text);
  const asked =
    body === undefined ? need(await studio.operate.serviceForm(id)).example : await parseBody(body);
  const answer = need(await studio.operate.predict(id, asked));
  output.result(answer);
  output.say(JSON.stringify(answer.body, null, 2));
  return answer.status === 200 ? EXIT.done : EXIT.no;
}

async function parseBody(text: string): Promise<unknown> {
  const source = text.startsWith('@') ? await readFile(text.slice(1), 'utf8') : text;
  try {
    return JSON.parse(source);
  } catch (thrown) {
    return fail(
      'invalid-input',
      `The body is not JSON: ${thrown instanceof Error ? thrown.message : thrown}.`,
    );
  }
}
