/** The gutter of a cell: its execution count and how its last run stands. */
import { Loader } from '@mantine/core';
import { IconCheck, IconClock, IconRefresh, IconX } from '@tabler/icons-react';
import { assertNever } from '../../shared/base/assert';
import { formatDuration } from '../../shared/base/units';
import type { CellRun } from '../../shared/notebook';
import { useNow } from '../ui';
import styles from './notebook.module.css';

export function Gutter(props: { run: CellRun | undefined; executionCount: number | null }) {
  const { run, executionCount } = props;
  return (
    <div className={styles.gutter} data-testid="run-state" data-state={run?.state ?? 'idle'}>
      <div>[{executionCount ?? ' '}]</div>
      {run !== undefined && <RunSign run={run} />}
    </div>
  );
}

function RunSign({ run }: { run: CellRun }) {
  switch (run.state) {
    case 'idle':
      return null;
    case 'queued':
      return (
        <div title="Waits for the cells before it">
          <IconClock size={12} aria-hidden /> queued
        </div>
      );
    case 'running':
      return <Running startedAt={run.startedAt} />;
    case 'succeeded':
      return (
        <div title={`Ran at ${new Date(run.endedAt).toLocaleTimeString()}`}>
          <IconCheck size={12} stroke={3} color="var(--ok)" aria-label="ran" />
          {formatDuration(run.ms)}
        </div>
      );
    case 'failed':
      return (
        <div title={run.error.message}>
          <IconX size={12} stroke={3} color="var(--bad)" aria-label="failed" />
          {formatDuration(run.ms)}
        </div>
      );
    case 'stale':
      return (
        <div
          title={
            run.reason === 'edited' ? 'Changed since it ran' : 'The kernel that ran it is gone'
          }
        >
          <IconRefresh size={12} color="var(--warn)" aria-hidden />{' '}
          {run.reason === 'edited' ? 'changed' : 'to run'}
        </div>
      );
    default:
      return assertNever(run);
  }
}

function Running({ startedAt }: { startedAt: number }) {
  const now = useNow(500);
  const seconds = Math.max(0, Math.floor((now - startedAt) / 1000));
  return (
    <div>
      <Loader size={10} aria-label="running" />
      {seconds} s
    </div>
  );
}
