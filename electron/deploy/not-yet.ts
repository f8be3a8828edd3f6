/** Targets that can be estimated and not yet deployed to: they stand in the list and say so. */
import type { TargetDescription } from '../../shared/deploy';
import { TARGET_IDS, TARGET_TITLES, type TargetId } from '../../shared/estimate';

export const othersThan = (registered: readonly TargetId[]): TargetDescription[] =>
  TARGET_IDS.filter((id) => !registered.includes(id)).map((id) => ({
    id,
    title: TARGET_TITLES[id],
    summary: 'Estimated here; deploying there is not built yet.',
    unavailable:
      'Slipway can’t deploy there yet. The package and its image can be deployed by hand.',
    modes: ['job', 'scheduled', 'service'],
    survival: [],
    exports: null,
    options: [],
    heeds: [],
  }));
