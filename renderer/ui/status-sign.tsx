/** A dot with a shape of its own for each tone, so that colour is never the only sign. */
import { IconCircleDotted, IconCircleFilled, IconCircleX } from '@tabler/icons-react';
import type { Tone } from './pill';

const COLOURS: Record<Tone, string> = {
  plain: 'var(--faint)',
  ok: 'var(--ok)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  accent: 'var(--accent)',
};

export function toneColour(tone: Tone): string {
  return COLOURS[tone];
}

export function StatusSign({ tone }: { tone: Tone }) {
  if (tone === 'bad') return <IconCircleX size={11} aria-hidden />;
  if (tone === 'plain') return <IconCircleDotted size={11} aria-hidden />;
  return <IconCircleFilled size={9} aria-hidden />;
}
