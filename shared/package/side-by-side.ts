/**
 * Why a step must not run beside others: what it would change or draw from belongs to all steps, so that their order
 * decides. The package's runner compares afterwards what each step depended on, so that a reason missed here costs a
 * second run and never another result.
 */
import type { ReadCell } from './cell-code';

const SETS_PROCESS =
  /\bos\.(chdir|putenv|environ\s*\[[^\]]*\]\s*=|environ\.(update|setdefault|pop))|\bsys\.path\b/;

const setsByMagic = ({ magics }: ReadCell['facts']): boolean =>
  magics.some(({ effect, text }) => effect === 'rewritten' && !text.startsWith('%%'));

export function reasonsToRunAlone(cells: readonly ReadCell[]): string[] {
  const reasons = new Set<string>();
  for (const { facts, cell } of cells) {
    if (facts.randomness.some(({ stream }) => stream !== null))
      reasons.add('it draws from a random stream that all steps share');
    if (facts.filesWritten.length > 0) reasons.add('it writes files');
    if (facts.settings.length > 0) reasons.add('it sets options of a library');
    if (SETS_PROCESS.test(cell.source) || setsByMagic(facts))
      reasons.add('it sets environment variables, paths or the working folder');
    if (facts.magics.some(({ effect }) => effect === 'shell')) reasons.add('it runs a command');
    if (facts.unknowable.length > 0) reasons.add('what it does cannot be told from its code');
  }
  return [...reasons];
}
