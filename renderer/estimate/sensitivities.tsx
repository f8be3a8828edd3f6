import { formatUsd } from '../../shared/base/units';
import type { TargetEstimate } from '../../shared/estimate';
import { Section } from '../ui';
import styles from './estimate.module.css';

/** Largest first, as the estimate gives them. */
export function Sensitivities({ target }: { target: TargetEstimate }) {
  if (target.sensitivities.length === 0) return null;
  return (
    <Section title="What moves the total">
      <dl className={styles.moves} data-testid="sensitivities">
        {target.sensitivities.map(({ assumptionKey, label, change }) => (
          <div key={assumptionKey} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd>
              {change < 0 ? '− ' : '+ '}
              {formatUsd(Math.abs(change))}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
