import { formatUsd } from '../../shared/base/units';
import type { TargetEstimate } from '../../shared/estimate';
import { KeyValues, Section } from '../ui';

/** Largest first, as the estimate gives them. */
export function Sensitivities({ target }: { target: TargetEstimate }) {
  if (target.sensitivities.length === 0) return null;
  return (
    <Section title="What moves the total">
      <KeyValues
        rows={target.sensitivities.map(({ label, change }) => [
          label,
          `${change < 0 ? '− ' : '+ '}${formatUsd(Math.abs(change))}`,
        ])}
      />
    </Section>
  );
}
