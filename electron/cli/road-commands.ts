/** inspect, package, run, verify, build, estimate, plan, deploy, ship: the road, each command as far as its name. */
import type { Command } from 'commander';
import { TARGET_IDS, type TargetId } from '../../shared/estimate';
import { TOLERANCE } from '../../shared/package';
import { EXIT } from './exit';
import { addImageOptions, buildAndPush, type ImageOptions, showImage } from './image-commands';
import { addPipelineOptions, type PipelineOptions } from './pipeline-options';
import { isAnswerYes } from './question';
import * as road from './road';
import { type Session, withSession } from './session';
import * as show from './show';
import { proof } from './show-proof';

export interface RoadOptions extends ImageOptions, PipelineOptions {
  readonly json?: boolean;
  /** The Python of an environment; else the best one found, else one made for the notebook. */
  readonly environment?: string;
  readonly name?: string;
  /** The variable whose `predict` is served. */
  readonly serve?: string;
  readonly param?: string[];
  /** Names of steps with commas between them. */
  readonly steps?: string;
  readonly compare?: boolean;
  readonly mode?: 'job' | 'scheduled' | 'service';
  readonly target?: TargetId;
  readonly schedule?: string;
  readonly timeZone?: string;
  /** The deployment’s name. */
  readonly as?: string;
  readonly port?: string;
  readonly option?: string[];
  readonly env?: string[];
  readonly secret?: string[];
  readonly replicas?: string;
  readonly vcpu?: string;
  readonly memory?: string;
  readonly assume?: string[];
  readonly out?: string;
  readonly image?: boolean;
  readonly sample?: boolean;
  readonly yes?: boolean;
}

export interface SweepOptions extends RoadOptions {
  readonly grid?: string[];
  readonly list?: string[];
  readonly file?: string;
  readonly metric?: string[];
  readonly jobs?: string;
  readonly fresh?: boolean;
}

type Work = (session: Session, options: RoadOptions) => Promise<number>;

const collect = (value: string, all: string[] = []) => [...all, value];

export function addRoadCommands(program: Command): void {
  add(program, 'inspect', 'what each cell reads, binds and changes; the steps; problems', inspect);
  add(program, 'package', 'write the package', writePackage);
  add(
    program,
    'run',
    'run the package in a clean environment and compare it with the notebook',
    run,
  );
  add(
    program,
    'verify',
    'prove it: the notebook in a fresh kernel against the package in a clean environment, output by output',
    verify,
  ).option('--steps <a,b>', 'only these steps, on what the notebook hands them');
  addSweep(program);
  addImageOptions(
    add(program, 'build', 'build the image of the package, try it, push it with --push', build),
  );
  add(
    program,
    'estimate',
    'low, likely and high cost on every target, from the measured run',
    estimate,
  );
  add(
    program,
    'check',
    'ask the target where it is, as whom you would deploy and whether it is ready; changes nothing',
    check,
  );
  add(program, 'plan', 'the exact changes a deployment would make, each with its price', plan);
  add(
    program,
    'export',
    'the plan as files for other tools: compose.yaml, Kubernetes YAML; changes nothing',
    exportPlan,
  ).option('--out <folder>', 'where to; else beside the package');
  add(program, 'deploy', 'plan, show the price, and deploy', deploy);
  addImageOptions(
    add(program, 'ship', 'the whole road; stops to show the estimate unless --yes', ship),
  );
}

function add(program: Command, name: string, description: string, work: Work): Command {
  const command = addPipelineOptions(program.command(name));
  return command
    .argument('<notebook>', 'a .ipynb file, or with --sample the name of a bundled sample')
    .description(description)
    .option('--json', 'print JSON')
    .option('--sample', 'the argument names a bundled sample; a copy of it is used')
    .option('--environment <python>', 'the Python whose packages the notebook uses')
    .option('--name <name>', 'the package’s name')
    .option('--serve <variable>', 'the variable whose predict is served')
    .option('-p, --param <name=value>', 'a parameter of the run; may be repeated', collect)
    .option('--no-compare', 'do not run the notebook beside it')
    .option('--mode <mode>', 'job, scheduled or service')
    .option('--target <target>', TARGET_IDS.join(', '))
    .option('--schedule <cron>', 'for a scheduled job: a cron expression of five fields')
    .option('--time-zone <zone>', 'of the schedule: Europe/Berlin; else this computer’s')
    .option('--as <deployment>', 'the deployment’s name; else the package’s')
    .option('--port <number>', 'for a service; else a free one')
    .option('--option <key=value>', 'a setting of the target; may be repeated', collect)
    .option(
      '--env <NAME=value>',
      'an environment variable of the deployment; may be repeated',
      collect,
    )
    .option(
      '--secret <NAME=reference>',
      'an environment variable that is secret: env:VARIABLE, file:PATH or there:NAME/KEY',
      collect,
    )
    .option('--replicas <number>', 'for a service: how many run side by side')
    .option('--vcpu <number>', 'at most so many cores; else what the estimate found to fit')
    .option('--memory <GiB>', 'at most so much memory; else what the estimate found to fit')
    .option('--assume <key=value>', 'an assumption of the estimate; may be repeated', collect)
    .option('--image', 'with ship: build the image too')
    .option('-y, --yes', 'do not ask')
    .action((notebook: string, options: RoadOptions) =>
      withSession(options, async (session) => {
        await road.open(session, notebook, options);
        return work(session, options);
      }),
    );
}

function addSweep(program: Command): void {
  addPipelineOptions(program.command('sweep'))
    .argument('<notebook>', 'a .ipynb file, or with --sample the name of a bundled sample')
    .description('run the package for many values of its parameters; what they share runs once')
    .option('--grid <name=a,b,…>', 'values of a parameter; all combinations are run', collect)
    .option('--list <name=a,b,…>', 'values that go together, first with first', collect)
    .option('--file <file>', 'JSON or YAML: {grid: {name: [values]}} or {list: [{name: value}]}')
    .option('--metric <step.name>', 'an output to show; else the numbers of the last step', collect)
    .option('--param <name=value>', 'a parameter with one value; may be repeated', collect)
    .option('--jobs <number>', 'how many steps run side by side', '1')
    .option('--fresh', 'run everything, changed or not')
    .option('--json', 'print JSON')
    .option('--sample', 'the argument names a bundled sample; a copy of it is used')
    .option('--environment <python>', 'the Python whose packages the notebook uses')
    .option('--name <name>', 'the package’s name')
    .action((notebook: string, options: SweepOptions) =>
      withSession(options, async (session) => {
        await road.open(session, notebook, options);
        const swept = await road.sweep(session, options);
        session.output.result(swept);
        session.output.say(show.sweep(swept));
        return swept.rows.some(({ error }) => error !== null) ? EXIT.no : EXIT.done;
      }),
    );
}

const inspect: Work = async ({ studio, output }) => {
  const view = await road.inspect(studio);
  output.result(view);
  output.say(show.pipeline(view));
  return view.pipeline.problems.some(({ severity }) => severity === 'error') ? EXIT.no : EXIT.done;
};

const writePackage: Work = async (session, options) => {
  const { output } = session;
  const state = await road.write(session, options);
  output.result(state);
  output.say(show.written(state));
  return EXIT.done;
};

const run: Work = async (session, options) => {
  const { output } = session;
  await road.write(session, options);
  const result = await road.run(session, options);
  output.result(result);
  output.say(show.run(result));
  return road.isGood(result) ? EXIT.done : EXIT.no;
};

/** Ends with 0 where all that could be compared is equal, 1 where something differs or nothing could be compared. */
const verify: Work = async (session, options) => {
  const { output } = session;
  await road.write(session, options);
  const result = await road.verify(session, options);
  const isEqual = road.isEqual(result);
  output.result({ isEqual, tolerance: TOLERANCE, ...result });
  output.say(proof(result));
  return isEqual ? EXIT.done : EXIT.no;
};

const build: Work = async (session, options) => {
  await road.write(session, options);
  // What is to be served is made by a run, and goes into the image with the package.
  if (options.serve) await road.run(session, options);
  const image = await buildAndPush(session.studio, options);
  session.output.result(image);
  session.output.say(showImage(image));
  return EXIT.done;
};

const estimate: Work = async (session, options) => {
  const { output } = session;
  const state = await road.estimate(session, options);
  output.result(state);
  output.say(show.estimate(state));
  return EXIT.done;
};

const check: Work = async (session, options) => {
  const state = await road.estimate(session, options);
  const made = await road.check(session, state, options);
  session.output.result(made);
  session.output.say(show.check(made));
  return made.isReady ? EXIT.done : EXIT.no;
};

const plan: Work = async (session, options) => {
  const { output } = session;
  const state = await road.estimate(session, options);
  output.say(show.estimate(state));
  const made = await road.plan(session, state, options);
  output.result(made);
  output.say(show.plan(made));
  return EXIT.done;
};

const exportPlan: Work = async (session, options) => {
  const state = await road.estimate(session, options);
  const written = await road.exportFiles(session, state, options);
  session.output.result(written);
  session.output.say(show.exported(written));
  return EXIT.done;
};

const deploy: Work = async (session, options) => goToTheEnd(session, options);

const ship: Work = async (session, options) => {
  const { studio, output } = session;
  const view = await road.inspect(studio);
  output.say(show.pipeline(view));
  output.say(show.written(await road.write(session, options)));
  const result = await road.run(session, options);
  output.say(show.run(result));
  if (!road.isGood(result)) {
    output.result({ run: result });
    return EXIT.no;
  }
  if (options.image) output.say(showImage(await buildAndPush(studio, options)));
  return goToTheEnd(session, options);
};

async function goToTheEnd(session: Session, options: RoadOptions): Promise<number> {
  const { output } = session;
  const state = await road.estimate(session, options);
  output.say(show.estimate(state));
  const made = await road.plan(session, state, options);
  output.say(show.plan(made));
  if (!options.yes && !(await isAnswerYes(output, `${show.deployQuestion(made)} [y/N] `))) {
    output.result({ estimate: state.estimate, plan: made, deployed: null });
    output.say('Nothing was deployed. With --yes it goes on by itself.');
    return EXIT.done;
  }
  const deployed = await road.apply(session, made);
  output.result({ estimate: state.estimate, plan: made, deployed });
  output.say(show.deployed(deployed));
  return EXIT.done;
}
