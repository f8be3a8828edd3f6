/** What Lambda takes as environment variables. */
import { fail } from '../../../../shared/base/studio-error';

const MOST_BYTES = 4096;
/** Room for the revision's number, which is one of them. */
const OURS_BYTES = 32;
const RESERVED = /^(AWS_.*|_.*|LAMBDA_.*|SLIPWAY_REVISION)$/;

export function checkEnvironment(environment: Readonly<Record<string, string>>): string {
  const names = Object.keys(environment);
  const reserved = names.filter((name) => RESERVED.test(name));
  if (reserved.length > 0) {
    return fail(
      'invalid-input',
      `Lambda keeps ${reserved.join(', ')} for itself. Give the variable another name.`,
    );
  }
  const strange = names.filter((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (strange.length > 0) {
    return fail(
      'invalid-input',
      `Lambda takes names of two letters, digits or _ at least, a letter first: not ${strange.join(', ')}. Give the variable another name.`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes > MOST_BYTES - OURS_BYTES) {
    return fail(
      'invalid-input',
      `All environment variables together may hold 4 KB on Lambda; these hold ${(bytes / 1024).toFixed(1)} KB. Move long ones into a file of the package.`,
    );
  }
  return names.join(', ');
}
