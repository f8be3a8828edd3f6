/** Status bar: kernel, problems, tasks, what is alive. Each part is a button. */
import { IconAlertTriangle } from '@tabler/icons-react';
import { runCommand } from '../commands';
import { goTo, showDialog } from '../navigation';
import {
  kernelName,
  kernelStatus,
  StatusSign,
  toneColour,
  useKernel,
  useProblems,
  useProject,
  useTasks,
} from '../ui';
import styles from './frame.module.css';

export function StatusBar() {
  const stages = useProject()?.stages;
  const running = useTasks().filter(({ state }) => state === 'running');
  const first = running[0];
  return (
    <footer className={styles.status}>
      <KernelStatus />
      <ProblemCount />
      <span className={styles.statusRight}>
        {first !== undefined && (
          <button type="button" onClick={() => runCommand('view.tasks')}>
            {first.label}
            {running.length > 1 && ` and ${running.length - 1} more`}
          </button>
        )}
        <button type="button" data-testid="status-target" onClick={() => goTo('deploy')}>
          {stages?.deploy.fact ? `deploy: ${stages.deploy.fact}` : 'deploy: nothing planned'}
        </button>
        <button type="button" data-testid="status-alive" onClick={() => goTo('operate')}>
          {stages?.operate.fact ? `alive: ${stages.operate.fact}` : 'alive: nothing'}
        </button>
      </span>
    </footer>
  );
}

function KernelStatus() {
  const kernel = useKernel();
  const { word, tone } = kernelStatus(kernel);
  return (
    <button
      type="button"
      data-testid="status-kernel"
      aria-label={`Kernel: ${kernelName(kernel)}, ${word}`}
      title="Choose the kernel"
      onClick={() => showDialog({ kind: 'connect', tab: 'environments' })}
    >
      {kernelName(kernel)}
      <span
        style={{ color: toneColour(tone), display: 'inline-flex', gap: 4, alignItems: 'center' }}
      >
        <StatusSign tone={tone} /> {word}
      </span>
    </button>
  );
}

function ProblemCount() {
  const count = useProblems().length;
  return (
    <button type="button" data-testid="status-problems" onClick={() => runCommand('view.problems')}>
      {count > 0 && <IconAlertTriangle size={12} color="var(--warn)" aria-hidden />}
      {count === 0 ? 'No problems' : `${count} ${count === 1 ? 'problem' : 'problems'}`}
    </button>
  );
}
