/** Whether the target is ready, and what survives on it. */
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import type { TargetCheck } from '../../shared/deploy';
import { Section } from '../ui';
import styles from './deploy.module.css';

export function TargetChecks({ check }: { check: TargetCheck }) {
  return (
    <Section title="Checks of the target">
      <ul className={styles.checks} data-testid="deploy-checks">
        {check.items.map((item) => (
          <li key={item.label}>
            <CheckSign status={item.status} />
            <span>
              {item.label}
              <span className={styles.detail}>{item.detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function CheckSign({ status }: { status: TargetCheck['items'][number]['status'] }) {
  switch (status) {
    case 'ok':
      return <IconCheck size={15} role="img" aria-label="ok" color="var(--ok)" />;
    case 'warning':
      return <IconAlertTriangle size={15} role="img" aria-label="warning" color="var(--warn)" />;
    case 'failed':
      return <IconX size={15} role="img" aria-label="failed" color="var(--bad)" />;
  }
}

export function Survival({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <Section title="What survives">
      <ul className={styles.sentences} data-testid="survival">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Section>
  );
}
