/** Cloud Run as the stand has it: services whose revisions roll out or fail, traffic, jobs and their executions. */
import { badPrecondition, GoogleRefusal } from './faults';
import { failed, type GoogleState, now, READY, type Thing } from './google-state';
import { camel } from './proto-schema';

type Json = Readonly<Record<string, unknown>>;
export interface Asked {
  /** Fields of path and query. */
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Json;
}
export type Handler = (state: GoogleState, asked: Asked) => unknown;

const field = (asked: Asked, name: string): string => asked.fields[name] ?? '';

export const RUN_HANDLERS: Readonly<Record<string, Handler>> = {
  CreateService: (state, asked) => {
    const parent = field(asked, 'parent');
    const name = `${parent}/services/${field(asked, 'serviceId')}`;
    const uri = `${state.address}/${field(asked, 'serviceId')}`;
    state.put(name, { ...asked.body, uri, urls: [uri], reconciling: true });
    return rollOut(state, name, asked.body.template as Json);
  },
  GetService: (state, asked) => state.get(field(asked, 'name')),
  ListServices: (state, asked) => ({ services: state.list(field(asked, 'parent'), 'services') }),
  UpdateService: (state, asked) => {
    const name = field(asked, 'service.name');
    const before = state.get(name);
    const change = masked(asked);
    state.replace(name, { ...before, ...change, reconciling: true });
    return rollOut(state, name, (change.template ?? null) as Json | null);
  },
  DeleteService: (state, asked) => {
    const name = field(asked, 'name');
    state.get(name);
    return state.begin(name, () => {
      if (state.things.has(name)) state.drop(name);
      return {};
    });
  },
  GetRevision: (state, asked) => shown(state.get(field(asked, 'name'))),
  ListRevisions: (state, asked) => ({
    revisions: state.list(field(asked, 'parent'), 'revisions').map(shown),
  }),
  DeleteRevision: (state, asked) => {
    const name = field(asked, 'name');
    state.get(name);
    const service = state.get(name.split('/revisions/')[0] ?? '');
    const short = name.split('/').at(-1);
    if (service.latestCreatedRevision === name)
      throw badPrecondition(`Revision '${short}' is the latest created and cannot be deleted.`);
    if (trafficOf(service).some((each) => each.revision === short))
      throw badPrecondition(`Revision '${short}' serves traffic and cannot be deleted.`);
    return state.begin(name, () => {
      if (state.things.has(name)) state.drop(name);
      return {};
    });
  },
  CreateJob: (state, asked) => {
    const name = `${field(asked, 'parent')}/jobs/${field(asked, 'jobId')}`;
    state.put(name, { ...asked.body, reconciling: true, executionCount: 0 });
    return state.begin(name, () => settleJob(state, name));
  },
  GetJob: (state, asked) => state.get(field(asked, 'name')),
  ListJobs: (state, asked) => ({ jobs: state.list(field(asked, 'parent'), 'jobs') }),
  UpdateJob: (state, asked) => {
    const name = field(asked, 'job.name');
    const before = state.get(name);
    state.replace(name, { ...before, ...asked.body, reconciling: true });
    return state.begin(name, () => settleJob(state, name));
  },
  DeleteJob: (state, asked) => {
    const name = field(asked, 'name');
    state.get(name);
    return state.begin(name, () => {
      if (state.things.has(name)) state.drop(name);
      return {};
    });
  },
  RunJob: (state, asked) => runJob(state, field(asked, 'name')),
  ListExecutions: (state, asked) => ({
    executions: state.list(field(asked, 'parent'), 'executions').reverse(),
  }),
  CancelExecution: (state, asked) => {
    const name = field(asked, 'name');
    const there = state.get(name);
    return state.begin(name, () => {
      state.replace(name, { ...there, completionTime: now(), cancelledCount: 1 });
      return {};
    });
  },
};

function masked(asked: Asked): Json {
  const mask = field(asked, 'updateMask');
  if (!mask) return asked.body;
  return Object.fromEntries(mask.split(',').map((path) => [camel(path), asked.body[camel(path)]]));
}

const trafficOf = (service: Json): readonly Json[] => (service.traffic ?? []) as readonly Json[];
const shown = ({ made: _, ...revision }: Thing): Json => revision;

/** The traffic goes to where it is wanted as soon as that is ready, else it stays. */
function rollOut(state: GoogleState, name: string, template: Json | null): unknown {
  const revision = template
    ? state.addRevision(name, template)
    : String(state.things.get(name)?.latestCreatedRevision);
  const service = state.things.get(name);
  if (service) state.replace(name, { ...service, latestCreatedRevision: revision });
  const isDue = () => !state.runner || state.runner.endOf(revision) !== null;
  const finish = () => {
    const made = state.settleRevision(revision);
    const there = state.things.get(name);
    if (!there) return {};
    const problem = made.error?.message ?? trafficProblem(state, there);
    const isRouted = trafficOf(there).every((each) =>
      state.isReady(each.revision ? `${name}/revisions/${each.revision}` : revision),
    );
    state.replace(name, {
      ...there,
      reconciling: false,
      ...(made.error ? {} : { latestReadyRevision: revision }),
      trafficStatuses: isRouted ? trafficOf(there) : (there.trafficStatuses ?? []),
      terminalCondition: problem
        ? failed({ image: /./, reason: 'REVISION_FAILED', message: problem, log: [] })
        : READY,
    });
    return problem ? { error: { code: 9, message: problem } } : {};
  };
  return state.begin(name, finish, isDue);
}

function trafficProblem(state: GoogleState, service: Thing): string | null {
  const gone = trafficOf(service).find(
    (each) => each.revision && !state.things.has(`${service.name}/revisions/${each.revision}`),
  );
  return gone ? `Revision '${gone.revision}' referenced in traffic does not exist.` : null;
}

function settleJob(
  state: GoogleState,
  name: string,
): { error?: { code: number; message: string } } {
  const job = state.things.get(name);
  if (!job) return {};
  const container = ((job.template as Json).template as Json).containers as readonly Json[];
  const bad = state.refusalOfImage(String(container[0]?.image));
  const terminalCondition = bad ? failed(bad) : READY;
  state.replace(name, { ...job, reconciling: false, terminalCondition });
  return bad ? { error: { code: 9, message: bad.message } } : {};
}

function runJob(state: GoogleState, job: string): unknown {
  const there = state.get(job);
  if (there.reconciling) throw new GoogleRefusal(409, 'ABORTED', `Job '${job}' is being changed.`);
  const count = Number(there.executionCount) + 1;
  state.replace(job, { ...there, executionCount: count });
  const name = `${job}/executions/${job.split('/').at(-1)}-x${count}`;
  const labels = (there.template as Json).labels ?? {};
  const made = state.put(name, { labels, job, startTime: now(), runningCount: 1, taskCount: 1 });
  const bad = state.outcomeOfExecution(there);
  return state.begin(name, () => {
    const counts = bad ? { failedCount: 1 } : { succeededCount: 1 };
    const condition = { ...(bad ? failed(bad) : READY), type: 'Completed' };
    const ended = { ...counts, runningCount: 0, completionTime: now(), conditions: [condition] };
    if (state.things.has(name)) state.replace(name, { ...made, ...ended });
    for (const text of bad?.log ?? ['All steps are done.'])
      state.log(job.split('/').at(-1) ?? '', '', text);
    return bad ? { error: { code: 9, message: bad.message } } : {};
  });
}
