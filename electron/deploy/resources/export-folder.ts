import { dirname, join } from 'node:path';
import type { TargetId } from '../../../shared/estimate';
import type { DeployablePackage } from '../targets/target';

/** Where exported files go unless a person says otherwise: beside the package. */
export const exportFolderOf = (
  { folder, name }: Pick<DeployablePackage, 'folder' | 'name'>,
  target: TargetId,
): string => join(dirname(folder), `${name}-${target}`);
