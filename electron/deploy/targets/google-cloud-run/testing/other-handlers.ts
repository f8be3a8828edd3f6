/** Artifact Registry and Cloud Scheduler as the stand has them. */
import { randomBytes } from 'node:crypto';
import { GoogleRefusal, notFound } from './faults';
import type { GoogleState, Thing } from './google-state';
import type { Handler } from './run-handlers';

export const REGISTRY_HANDLERS: Readonly<Record<string, Handler>> = {
  CreateRepository: (state, { fields, body }) => {
    const name = `${fields.parent}/repositories/${fields.repositoryId}`;
    return state.begin(state.put(name, body).name, () => ({}));
  },
  GetRepository: (state, { fields }) => state.get(fields.name ?? ''),
  ListRepositories: (state, { fields }) => ({
    repositories: state.list(fields.parent ?? '', 'repositories'),
  }),
  UpdateRepository: (state, { fields, body }) => {
    const name = fields['repository.name'] ?? '';
    return state.replace(name, { ...state.get(name), ...body });
  },
  DeleteRepository: (state, { fields }) => {
    const { name } = state.drop(fields.name ?? '');
    for (const [key, image] of state.images)
      if (String(image.name).startsWith(`${name}/`)) state.images.delete(key);
    return state.begin(name, () => ({}));
  },
  ListDockerImages: (state, { fields }) => {
    state.get(fields.parent ?? '');
    return {
      dockerImages: [...state.images.values()]
        .filter(({ name }) => name.startsWith(`${fields.parent}/`))
        .map(({ references: _, ...image }) => image),
    };
  },
  DeletePackage: (state, { fields }) => {
    dropImages(state, fields.name ?? '', null);
    return state.begin(fields.name ?? '', () => ({}));
  },
  DeleteVersion: (state, { fields }) => {
    const [name = '', version = ''] = (fields.name ?? '').split('/versions/');
    dropImages(state, name, version);
    return state.begin(name, () => ({}));
  },
};

function dropImages(state: GoogleState, packageName: string, digest: string | null): void {
  const [repository = '', path = ''] = packageName.split('/packages/');
  const start = `${repository}/dockerImages/${decodeURIComponent(path)}@`;
  const hit = [...state.images].filter(
    ([, { name }]) => name.startsWith(start) && (!digest || name.endsWith(digest)),
  );
  if (hit.length === 0) throw notFound(packageName);
  for (const [key] of hit) state.images.delete(key);
}

/** What a docker push does to a repository: refuses one that is not there. */
export function pushImage(
  state: GoogleState,
  reference: string,
  digest = `sha256:${randomBytes(32).toString('hex')}`,
): string {
  const [host = '', project, repository, ...rest] = reference.split('/');
  const [path, tag = 'latest'] = rest.join('/').split(':');
  const region = host.replace(/-docker\.pkg\.dev$/, '');
  const parent = `projects/${project}/locations/${region}/repositories/${repository}`;
  if (!state.things.has(parent)) throw new Error(`Repository "${repository}" not found`);
  const there = state.images.get(reference);
  if (there) return String(there.name).split('@')[1] ?? '';
  const image: Thing = {
    name: `${parent}/dockerImages/${path}@${digest}`,
    uri: `${host}/${project}/${repository}/${path}@${digest}`,
    tags: [tag],
    imageSizeBytes: '1234',
    references: [reference],
  };
  state.images.set(reference, image);
  return digest;
}

const CRON = /^(\S+\s+){4}\S+$/;

export const SCHEDULER_HANDLERS: Readonly<Record<string, Handler>> = {
  CreateJob: (state, { fields, body }) => {
    checkSchedule(body);
    const { name, ...rest } = body as Thing;
    if (!name.startsWith(`${fields.parent}/jobs/`))
      throw new GoogleRefusal(400, 'INVALID_ARGUMENT', 'Job name must lie in the parent.');
    return withState(state.put(schedulerName(name), rest), name);
  },
  GetJob: (state, { fields }) =>
    withState(state.get(schedulerName(fields.name ?? '')), fields.name ?? ''),
  ListJobs: (state, { fields }) => ({
    jobs: state
      .list(fields.parent ?? '', 'schedules')
      .map((each) => withState(each, each.name.replace('/schedules/', '/jobs/'))),
  }),
  UpdateJob: (state, { fields, body }) => {
    checkSchedule(body);
    const name = fields['job.name'] ?? '';
    const before = state.get(schedulerName(name));
    return withState(state.replace(schedulerName(name), { ...before, ...body }), name);
  },
  DeleteJob: (state, { fields }) => {
    state.drop(schedulerName(fields.name ?? ''));
    return {};
  },
  PauseJob: (state, { fields }) => setState(state, fields.name ?? '', 'PAUSED'),
  ResumeJob: (state, { fields }) => setState(state, fields.name ?? '', 'ENABLED'),
};

/** Both have projects/…/jobs/…: they must not meet in one map. */
const schedulerName = (name: string): string => name.replace('/jobs/', '/schedules/');

function withState(
  { uid: _, generation: __, createTime: ___, updateTime: ____, ...job }: Thing,
  name: string,
) {
  const scheduleTime = new Date(Date.now() + 3_600_000).toISOString();
  return { state: 'ENABLED', ...job, name, scheduleTime };
}

function setState(state: GoogleState, name: string, to: string) {
  const key = schedulerName(name);
  return withState(state.replace(key, { ...state.get(key), state: to }), name);
}

function checkSchedule({ schedule, timeZone }: Readonly<Record<string, unknown>>): void {
  if (!CRON.test(String(schedule)))
    throw new GoogleRefusal(400, 'INVALID_ARGUMENT', `Schedule '${schedule}' is not valid.`);
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(timeZone) });
  } catch {
    throw new GoogleRefusal(400, 'INVALID_ARGUMENT', `Time zone '${timeZone}' is not valid.`);
  }
}
