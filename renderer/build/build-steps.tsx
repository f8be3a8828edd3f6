/** The build's steps in order; each folds its log. The running and the failed one are open unless the person says otherwise. */
import { IconCheck, IconChevronRight, IconLoader2, IconRecycle, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { formatBytes, formatDuration } from '../../shared/base/units';
import type { BuildStep } from '../../shared/build';
import { LogView, useNow } from '../ui';
import styles from './build.module.css';

const STATE_WORDS: Record<BuildStep['state'], string> = {
  running: 'running',
  cached: 'from the cache',
  done: 'done',
  failed: 'failed',
};

export function BuildSteps({ steps }: { steps: readonly BuildStep[] }) {
  const [opened, setOpened] = useState<Readonly<Record<string, boolean>>>({});
  return (
    <ol className={styles.steps} aria-label="Build steps" data-testid="build-steps">
      {steps.map((step) => {
        const isOpen = opened[step.id] ?? (step.state === 'running' || step.state === 'failed');
        return (
          <StepRow
            key={step.id}
            step={step}
            isOpen={isOpen}
            onToggle={() => setOpened({ ...opened, [step.id]: !isOpen })}
          />
        );
      })}
    </ol>
  );
}

function StepRow(props: { step: BuildStep; isOpen: boolean; onToggle: () => void }) {
  const { step, isOpen } = props;
  return (
    <li className={styles.step} data-testid="build-step" data-state={step.state}>
      <button
        type="button"
        className={styles.stepHead}
        aria-expanded={isOpen}
        disabled={step.log.length === 0}
        onClick={props.onToggle}
      >
        <IconChevronRight
          size={14}
          className={isOpen ? styles.chevronOpen : undefined}
          aria-hidden
        />
        <StepSign state={step.state} />
        <span className="dim">
          {step.number}
          {step.total === null ? '' : `/${step.total}`}
        </span>
        <code className={styles.instruction} title={step.instruction}>
          {step.instruction}
        </code>
        <span className={styles.stepFact}>
          {step.state === 'cached' ? 'cached' : <StepTime step={step} />}
        </span>
        <span className={styles.stepFact}>
          {step.bytes === null ? '' : formatBytes(step.bytes)}
        </span>
      </button>
      {isOpen && step.log.length > 0 && (
        <div className={styles.stepLog}>
          <LogView lines={step.log} label={`Log of build step ${step.number}`} maxHeight={260} />
        </div>
      )}
    </li>
  );
}

function StepTime({ step }: { step: BuildStep }) {
  const now = useNow(1000);
  return <>{formatDuration(Math.max(0, (step.endedAt ?? now) - step.startedAt))}</>;
}

function StepSign({ state }: { state: BuildStep['state'] }) {
  const label = { role: 'img', 'aria-label': STATE_WORDS[state] } as const;
  switch (state) {
    case 'done':
      return <IconCheck size={15} color="var(--ok)" {...label} />;
    case 'cached':
      return <IconRecycle size={15} color="var(--dim)" {...label} />;
    case 'failed':
      return <IconX size={15} color="var(--bad)" {...label} />;
    case 'running':
      return <IconLoader2 size={15} color="var(--accent)" className={styles.spin} {...label} />;
  }
}
