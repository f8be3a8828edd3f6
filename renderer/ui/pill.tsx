/** Small facts in a rounded box. The tone is never the only sign: the text or an icon says it too. */
import type { CSSProperties, ReactNode } from 'react';
import styles from './ui.module.css';

export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'accent';

export interface PillProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly title?: string;
  readonly testId?: string;
  readonly onClick?: () => void;
}

export function Pill({ tone = 'plain', children, title, testId, onClick }: PillProps) {
  const className = `${styles.pill} ${tone === 'plain' ? '' : styles[tone]}`;
  if (onClick === undefined) {
    return (
      <span className={className} title={title} data-testid={testId}>
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={className}
      title={title}
      data-testid={testId}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** The colours of a step; `colour` counts from 0 and repeats after eight. */
export function stepColours(colour: number): { band: string; text: string; background: string } {
  const number = ((colour % 8) + 8) % 8;
  return {
    band: `var(--step-${number})`,
    text: `var(--step-${number}-text)`,
    background: `var(--step-${number}-bg)`,
  };
}

/** A step's name in its colour. */
export function StepPill({
  name,
  colour,
  title,
}: {
  name: string;
  colour: number;
  title?: string;
}) {
  const { text, background } = stepColours(colour);
  const style: CSSProperties = { color: text, background };
  return (
    <span className={styles.pill} style={style} title={title} data-testid="step-pill">
      {name}
    </span>
  );
}
