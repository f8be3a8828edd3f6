import { expect, it } from 'vitest';
import { StudioFailure, studioError } from '../../../shared/base/studio-error';
import { checkImagePlatform } from './image-platform';

const NO_ENGINE = 'No Docker engine answers on this computer. Start it.';

it('tells before the plan that the place does not run what is built here', async () => {
  const checked = (platform: () => Promise<string>) =>
    checkImagePlatform({ platform }, 'AWS Fargate');
  const noEngine = () =>
    Promise.reject(new StudioFailure(studioError('engine-missing', NO_ENGINE)));
  expect([
    await checked(async () => 'linux/amd64'),
    await checked(async () => 'linux/arm64'),
    await checked(noEngine),
  ]).toEqual([
    { label: 'Image', status: 'ok', detail: 'For linux/amd64' },
    {
      label: 'Image',
      status: 'failed',
      detail:
        'Images are built for linux/arm64 here, and AWS Fargate runs those for linux/amd64 only. Choose the platform linux/amd64 in the build settings.',
    },
    { label: 'Image', status: 'warning', detail: NO_ENGINE },
  ]);
});
