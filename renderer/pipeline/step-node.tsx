/** A step in the graph: name, cells, time and memory of the last run, what it makes. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { StepRun } from '../../shared/package';
import type { Step } from '../../shared/pipeline';
import { stepColours } from '../ui';
import styles from './pipeline.module.css';
import { countCells, stepRunWords } from './run-facts';

export type StepNodeType = Node<{ readonly step: Step; readonly run: StepRun | null }, 'step'>;

const RUN_SIGNS: Record<StepRun['state'], string> = {
  waiting: '',
  running: '◔ running',
  done: '',
  failed: '✗ failed',
  skipped: '– skipped',
  cancelled: '■ cancelled',
};

export function StepNode({ data, selected }: NodeProps<StepNodeType>) {
  const { step, run } = data;
  const measured = stepRunWords(run);
  const sign = run === null ? '' : RUN_SIGNS[run.state];
  return (
    <div
      className={`${styles.node} ${selected ? styles.selected : ''}`}
      data-testid={`step-${step.id}`}
      data-state={run?.state ?? 'not-run'}
    >
      <span className={styles.band} style={{ background: stepColours(step.colour).band }} />
      <Handle
        type="target"
        position={Position.Left}
        isConnectable={false}
        className={styles.handle}
      />
      <div className={styles.nodeName} title={step.name}>
        {step.name}
      </div>
      <div className={styles.nodeFact}>
        {countCells(step.notebook?.cells ?? step.cellIds.length)}
        {measured !== '' && ` · ${measured}`}
      </div>
      <div className={styles.nodeFact} title={step.outputs.join(', ')}>
        {sign === '' ? makesWords(step) : sign}
      </div>
      <Handle
        type="source"
        position={Position.Right}
        isConnectable={false}
        className={styles.handle}
      />
    </div>
  );
}

function makesWords({ outputs, notebook }: Step): string {
  if (notebook !== undefined) return 'a notebook as one step';
  return outputs.length === 0 ? 'gives nothing on' : `makes ${outputs.join(', ')}`;
}
