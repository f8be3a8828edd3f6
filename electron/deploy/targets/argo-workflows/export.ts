/** The same plan as files for kubectl and argo. Holds no secret's value. */

import type { Wanted } from '../../resources/platform';
import { fileSet } from '../kubernetes/export';
import { environmentResource, KIND, recordResources } from '../kubernetes/manifests';
import { argoOptions, TARGET } from './platform';
import { CRON, cronResource } from './workflow';

/** Path to text. */
export const exportArgoFiles = (wanted: Wanted): Record<string, string> =>
  fileSet(
    wanted,
    [
      ...recordResources(wanted, TARGET),
      ...environmentResource(wanted, TARGET),
      cronResource(wanted, argoOptions(wanted.settings), TARGET),
    ],
    TARGET,
    [...Object.values(KIND), CRON],
  );
