/** One Python environment for all specs, as a data scientist would have one: found as `.venv` beside each notebook. */
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_ENVIRONMENT } from '../electron/package/test-python';

/** Puts it beside the notebook. */
export function placeEnvironment(beside: string): void {
  const link = join(beside, '.venv');
  if (!existsSync(link)) symlinkSync(DATA_ENVIRONMENT, link);
}
