/** What the estimate assumes: each with its basis, each editable, each edit taken back with one button. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import type { Assumption, AssumptionValue } from '../../shared/estimate';
import { callOrNotify, Section } from '../ui';
import { AssumptionControl } from './assumption-control';
import styles from './estimate.module.css';

const GROUPS: readonly (readonly [Assumption['group'], string])[] = [
  ['use', 'How much it is used'],
  ['run', 'How it runs'],
  ['place', 'Regions'],
  ['rate-card', 'Rate card of this computer'],
];

export function Assumptions({ assumptions }: { assumptions: readonly Assumption[] }) {
  return (
    <div data-testid="assumptions">
      {GROUPS.map(([group, title]) => {
        const members = assumptions.filter((assumption) => assumption.group === group);
        if (members.length === 0) return null;
        return (
          <Section key={group} title={title}>
            {members.map((assumption) => (
              <AssumptionRow key={assumption.key} assumption={assumption} />
            ))}
          </Section>
        );
      })}
    </div>
  );
}

function setAssumption(key: string, value: AssumptionValue | null): void {
  void callOrNotify((studio) => studio.estimate.setAssumption({ key, value }));
}

function AssumptionRow({ assumption }: { assumption: Assumption }) {
  const { key, label, help, basis, original } = assumption;
  return (
    <div className={styles.assumption} data-testid={`assumption-${key}`}>
      <div className={styles.assumptionHead}>
        <span title={help}>{label}</span>
        <span className={basis === 'edited' ? styles.edited : styles.basis}>{basis}</span>
        {basis === 'edited' && (
          <Tooltip label={`Back to ${String(original)}`}>
            <ActionIcon
              size={20}
              aria-label={`Put ${label} back to ${String(original)}`}
              onClick={() => setAssumption(key, null)}
            >
              <IconArrowBackUp size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <AssumptionControl assumption={assumption} onChange={(value) => setAssumption(key, value)} />
    </div>
  );
}
