/** Lines of a log that follow their end until the reader scrolls up. */
import { useEffect, useRef } from 'react';
import styles from './ui.module.css';

export interface LogViewProps {
  readonly lines: readonly string[];
  readonly label: string;
  readonly dropped?: number;
  readonly maxHeight?: number | string;
}

const END_MARGIN = 24;

export function LogView({ lines, label, dropped = 0, maxHeight = '100%' }: LogViewProps) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when lines arrive.
  useEffect(() => {
    const element = box.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return (
    <pre
      ref={box}
      className={styles.log}
      style={{ maxHeight }}
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys.
      tabIndex={0}
      onScroll={({ currentTarget: element }) => {
        isAtEnd.current =
          element.scrollHeight - element.scrollTop - element.clientHeight < END_MARGIN;
      }}
    >
      {dropped > 0 && `${dropped} earlier lines were dropped.\n`}
      {lines.join('\n')}
    </pre>
  );
}
