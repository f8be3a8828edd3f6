/** A deployment on Cloud Run as a Terraform module: the bodies of our own requests, in the words of the provider. */
import type { DeploymentId } from '../../../shared/base/ids';
import { type Found, type Json, type Resource, resourceId } from '../../../shared/deploy';
import type { Wanted } from '../resources/platform';
import { asJson } from '../targets/google-cloud-run/containers';
import type { Google } from '../targets/google-cloud-run/google';
import { jobFrom } from '../targets/google-cloud-run/jobs';
import { ownRepository } from '../targets/google-cloud-run/names';
import { repositoryFrom, repositoryResource } from '../targets/google-cloud-run/repositories';
import { type ScheduleSpec, scheduleFrom } from '../targets/google-cloud-run/schedules';
import {
  allTo,
  type RevisionSpec,
  type ServiceSpec,
  scalingOf,
  serviceLabels,
  templateOf,
} from '../targets/google-cloud-run/services';
import { type Block, type Hcl, ref, text } from './hcl';
import { asWritten, known, mapResources, type Part, type Rules } from './mapping';
import {
  type Import,
  type Output,
  revisionVariable,
  type Step,
  type TerraformModule,
} from './module';

/** What its arguments were checked against. */
const PROVIDER = '~> 7.45.0';

type Place = Pick<Google, 'project' | 'region' | 'parent'>;

export function cloudRunModule(
  google: Place,
  wanted: Wanted,
  resources: readonly Resource[],
  found: readonly Found[],
): TerraformModule {
  const { project, region } = google;
  const { blocks, leftOut } = mapResources(
    asWritten(resources, found),
    googleRules(google, wanted),
  );
  const attributes = { project, region, add_terraform_attribution_label: false };
  return {
    title: `${wanted.id} on Google Cloud Run`,
    provider: {
      name: 'google',
      version: PROVIDER,
      block: {
        comment: 'Signs in with the default credentials: gcloud auth application-default login.',
        type: 'provider',
        labels: ['google'],
        attributes,
      },
    },
    variables: [
      {
        name: 'image',
        description: 'Image in the registry, with its tag.',
        type: 'string',
        fallback: wanted.revision.image ?? '',
      },
      ...revisionVariable(wanted),
    ],
    main: blocks,
    outputs: outputsOf(wanted),
    imports: importsOf(google, resources, found),
    imageSteps: imageSteps(google, wanted),
    leftOut,
  };
}

const only = (...blocks: readonly Block[]): Part => ({ blocks });
const EARLIER = 'it belongs to an earlier revision, and Terraform keeps the current one alone';

const resource = (
  type: string,
  name: Block['attributes'],
  body: Json,
  instead: Instead = IMAGE,
) => {
  const { attributes, blocks } = bodyOf(body, instead);
  return {
    type: 'resource',
    labels: [type, 'app'],
    attributes: { ...name, ...attributes },
    blocks,
  };
};

export function googleRules(google: Place, { id, revision }: Wanted): Rules {
  return {
    repository: ({ name, spec }) => {
      if (name !== repositoryResource(ownRepository(id), id))
        return { leftOut: 'it was there before and is shared, so that Terraform leaves it alone' };
      const { format } = spec as { format: string };
      return only(
        resource(
          'google_artifact_registry_repository',
          { repository_id: ownRepository(id), location: google.region },
          asJson({ ...repositoryFrom(id), format }),
        ),
      );
    },
    image: ({ name, spec }) => {
      known(spec);
      return {
        leftOut:
          name === revision.image
            ? 'Terraform builds and pushes none; the commands are in the README'
            : EARLIER,
      };
    },
    // The current one is the template of the service.
    revision: ({ spec }) =>
      (spec as unknown as RevisionSpec).number === revision.number ? only() : { leftOut: EARLIER },
    service: (service, all) => {
      const spec = service.spec as unknown as ServiceSpec;
      const current = all.find(({ kind, name }) => kind === 'revision' && name === spec.traffic);
      const template = templateOf(spec.traffic, id, current?.spec as unknown as RevisionSpec);
      return only(
        resource(
          'google_cloud_run_v2_service',
          { name: service.name, location: google.region, deletion_protection: false },
          asJson({
            labels: serviceLabels(service.name as DeploymentId),
            ingress: spec.ingress,
            invokerIamDisabled: spec.access === 'public',
            scaling: scalingOf({ ...spec }, spec.isStopped),
            template,
            traffic: allTo(spec.traffic),
          }),
          { ...IMAGE, revision: text`${service.name}-r${REVISION}` },
        ),
      );
    },
    job: (job) =>
      only(
        resource(
          'google_cloud_run_v2_job',
          { name: job.name, location: google.region, deletion_protection: false },
          asJson(jobFrom(job)),
        ),
      ),
    schedule: (schedule) => {
      const { isPaused } = schedule.spec as unknown as ScheduleSpec;
      const { name, ...body } = scheduleFrom(google, schedule);
      return only(
        resource(
          'google_cloud_scheduler_job',
          { name: (name ?? '').split('/').at(-1) ?? '', region: google.region, paused: isPaused },
          asJson(body),
          { uri: RUN_IT },
        ),
      );
    },
  };
}

const REVISION = ref('var.revision');
const RUN_IT = text`https://run.googleapis.com/v2/${ref('google_cloud_run_v2_job.app.id')}:run`;

/** By the name of an argument, what stands there instead of the plan's own word. */
type Instead = Readonly<Record<string, Hcl>>;
const IMAGE: Instead = { image: ref('var.image') };
/** Texts under names of people's own: no block. */
const TEXTS = new Set(['labels', 'annotations', 'limits']);

/** A body as Google's interface has it: fields in snake case, what holds fields as a block, what repeats as several. */
function bodyOf(body: Json, instead: Instead): Pick<Block, 'attributes' | 'blocks'> {
  const attributes: Record<string, Hcl> = {};
  const blocks: Block[] = [];
  for (const [key, value] of Object.entries(body as { readonly [key: string]: Json })) {
    const name = key.replace(/[A-Z]/g, (at) => `_${at.toLowerCase()}`);
    const items = (Array.isArray(value) ? value : [value]) as readonly Json[];
    if (name === 'timeout' && isRecord(value)) attributes[name] = `${String(value.seconds)}s`;
    else if (items.length > 0 && items.every(isRecord) && !TEXTS.has(name))
      blocks.push(...items.map((each) => ({ type: name, ...bodyOf(each, instead) })));
    else if (items.length > 0 && value !== null) attributes[name] = instead[name] ?? value;
  }
  return { attributes, blocks };
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function outputsOf({ mode }: Wanted): Output[] {
  if (mode === 'service')
    return [
      {
        name: 'url',
        description: 'Where the service answers.',
        value: ref('google_cloud_run_v2_service.app.uri'),
      },
    ];
  const job = 'google_cloud_run_v2_job.app';
  const value = text`gcloud run jobs execute ${ref(`${job}.name`)} --project ${ref(`${job}.project`)} --region ${ref(`${job}.location`)}`;
  return [{ name: 'run', description: 'Starts a run now.', value }];
}

/** Ids at Google are names: nothing has to be asked for. */
function importsOf(
  { parent, region, project }: Place,
  resources: readonly Resource[],
  found: readonly Found[],
): Import[] {
  const standing = new Set(found.map(resourceId));
  return resources
    .filter((each) => standing.has(resourceId(each)))
    .flatMap(({ kind, name }): Import[] => {
      const [short = '', id = ''] = name.split('/');
      switch (kind) {
        case 'repository':
          return short === ownRepository(id)
            ? [
                {
                  to: 'google_artifact_registry_repository.app',
                  id: `projects/${project}/locations/${region}/repositories/${short}`,
                },
              ]
            : [];
        case 'service':
          return [{ to: 'google_cloud_run_v2_service.app', id: `${parent}/services/${name}` }];
        case 'job':
          return [{ to: 'google_cloud_run_v2_job.app', id: `${parent}/jobs/${name}` }];
        case 'schedule':
          return [{ to: 'google_cloud_scheduler_job.app', id: `${parent}/jobs/slipway-${name}` }];
        default:
          return [];
      }
    });
}

function imageSteps({ region }: Place, { id, revision, settings }: Wanted): Step[] {
  const image = revision.image ?? '';
  const isOwn = [ownRepository(id), ''].includes(String(settings.options.repository ?? ''));
  return [
    {
      what: 'Where the image is not in the registry yet: make the repository, then build and push, in the folder of the package',
      commands: [
        ...(isOwn ? ['terraform apply -target=google_artifact_registry_repository.app'] : []),
        `gcloud auth configure-docker ${region}-docker.pkg.dev`,
        `docker build --platform linux/amd64 --tag ${image} .`,
        `docker push ${image}`,
      ],
    },
  ];
}
