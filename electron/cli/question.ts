/** A question at the terminal; where nobody can answer, the answer is no. */

import { stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Output } from './output';

export async function isAnswerYes(output: Output, question: string): Promise<boolean> {
  if (!stdin.isTTY || output.isJson) return false;
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(question)).trim());
  } finally {
    lines.close();
  }
}
