/** A running push, layer by layer. */
import { Progress } from '@mantine/core';
import { formatBytes } from '../../shared/base/units';
import type { PushLayer, PushProgress } from '../../shared/build';
import styles from './build.module.css';

const WORDS: Record<PushLayer['state'], string> = {
  waiting: 'waits',
  pushing: '',
  pushed: 'sent',
  there: 'is there already',
  retrying: 'is tried again',
};

export function PushLayers({ push }: { push: PushProgress }) {
  return (
    <ul className={styles.layers} aria-label={`Layers of ${push.target}`} data-testid="push-layers">
      {push.layers.map((layer) => (
        <li key={layer.id}>
          <code>{layer.id}</code>
          <Progress size={4} value={shareOf(layer)} aria-label={`Layer ${layer.id}`} />
          <span className={styles.stepFact}>
            {WORDS[layer.state] || `${formatBytes(layer.sent)} of ${formatBytes(layer.total ?? 0)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function shareOf({ state, sent, total }: PushLayer): number {
  if (state === 'pushed' || state === 'there') return 100;
  return total ? (sent / total) * 100 : 0;
}
