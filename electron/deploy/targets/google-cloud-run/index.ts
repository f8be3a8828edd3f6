/** Google Cloud Run: services with revisions and traffic, jobs, schedules; images in Artifact Registry. */
import type { OptionField, TargetDescription } from '../../../../shared/deploy';
import type { TargetDriver } from '../../resources/platform';
import type { ImageMaker } from '../target';
import { connectGoogle, type GoogleStand } from './google';
import { googlePlatform } from './platform';

export type { GoogleStand } from './google';
export { authLibrary } from './packages';

export interface GoogleCloudRunNeeds {
  readonly images: ImageMaker;
  /** Null for Google itself. */
  readonly stand: GoogleStand | null;
}

export function googleCloudRunDriver({ images, stand }: GoogleCloudRunNeeds): TargetDriver {
  return {
    id: 'google-cloud-run',
    hasDefaultPlace: false,
    describe: () => DESCRIPTION,
    placeOptions: ({ project = '', region = '' }) => ({ project, region }),
    open: async ({ project, region }) =>
      googlePlatform(await connectGoogle(String(project), String(region), stand), images),
  };
}

const field = (
  key: string,
  label: string,
  help: string,
  fallback: OptionField['fallback'],
  more: Partial<OptionField> = {},
): OptionField => ({
  key,
  label,
  help,
  kind: typeof fallback === 'number' ? 'number' : 'text',
  fallback,
  choices: [],
  modes: [],
  ...more,
});

const SERVICE = { modes: ['service' as const] };

const OPTIONS: OptionField[] = [
  field('project', 'Project', 'Its id, as `gcloud projects list` shows it.', ''),
  field('region', 'Region', 'Where it runs and where its image lies.', 'us-central1'),
  field(
    'repository',
    'Repository',
    'A Docker repository of Artifact Registry that is there. Empty makes one for this deployment alone.',
    '',
  ),
  field('access', 'Access', 'Who may call it.', 'private', {
    ...SERVICE,
    kind: 'choice',
    choices: ['private', 'public'],
  }),
  field('ingress', 'Reached from', 'The internet, or the project’s network only.', 'all', {
    ...SERVICE,
    kind: 'choice',
    choices: ['all', 'internal'],
  }),
  field(
    'minInstances',
    'Instances kept',
    'Paid though nobody calls; 0 starts on demand.',
    0,
    SERVICE,
  ),
  field('maxInstances', 'Instances at most', 'More are not started, whatever comes.', 3, SERVICE),
  field('requestSeconds', 'Seconds per request', 'Longer ones are cut off.', 300, SERVICE),
  field('runMinutes', 'Minutes per run', 'A longer run is stopped.', 60, {
    modes: ['job', 'scheduled'],
  }),
  field(
    'serviceAccount',
    'Service account',
    'It runs as this one, and its schedule calls as it. Empty takes the project’s default.',
    '',
  ),
];

const DESCRIPTION: TargetDescription = {
  id: 'google-cloud-run',
  title: 'Google Cloud Run',
  summary: 'A service that grows and shrinks with its requests, or a job. Needs a project.',
  unavailable: null,
  exports: 'a Terraform module',
  modes: ['job', 'scheduled', 'service'],
  survival: [
    'It goes on when Slipway is closed and when this computer is off.',
    'Cloud Run replaces an instance that ends or stops answering.',
  ],
  options: OPTIONS,
  heeds: ['environment', 'secrets', 'resources'],
};
