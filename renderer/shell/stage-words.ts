import type { PlaceName } from '../navigation';

const TITLES: Record<PlaceName, string> = {
  home: 'Start',
  notebook: 'Notebook',
  pipeline: 'Pipeline',
  package: 'Package',
  build: 'Image',
  estimate: 'Estimate',
  deploy: 'Deploy',
  operate: 'Alive',
};

/** What a person calls a place; the stage build makes the image, the stage operate is what is alive. */
export function placeTitle(place: PlaceName): string {
  return TITLES[place];
}

/** In the order of the road; Alive stands apart. */
export const ROAD = ['notebook', 'pipeline', 'package', 'build', 'estimate', 'deploy'] as const;
