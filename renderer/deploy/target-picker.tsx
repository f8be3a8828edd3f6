/** Where to deploy to. What cannot be deployed to yet says so, in its own words. */
import { Radio } from '@mantine/core';
import type { TargetDescription } from '../../shared/deploy';
import { targetIdSchema } from '../../shared/estimate';
import { callOrNotify, Pill } from '../ui';
import styles from './deploy.module.css';

export interface TargetPickerProps {
  readonly targets: readonly TargetDescription[];
  readonly chosen: TargetDescription['id'];
  readonly isDisabled: boolean;
}

export function TargetPicker({ targets, chosen, isDisabled }: TargetPickerProps) {
  return (
    <Radio.Group
      label="Target"
      value={chosen}
      data-testid="deploy-targets"
      onChange={(value) => {
        const targetId = targetIdSchema.parse(value);
        void callOrNotify((studio) => studio.deploy.chooseTarget({ targetId }));
      }}
    >
      <div className={styles.targets}>
        {targets.map((target) => (
          <div
            key={target.id}
            className={styles.target}
            data-chosen={target.id === chosen || undefined}
          >
            <Radio
              value={target.id}
              label={target.title}
              description={target.unavailable ?? target.summary}
              disabled={isDisabled}
              data-testid={`deploy-target-${target.id}`}
            />
            {target.unavailable !== null && <Pill>not yet</Pill>}
          </div>
        ))}
      </div>
    </Radio.Group>
  );
}
