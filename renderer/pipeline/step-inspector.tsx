/** One step: its name, why it is a step, what it takes and gives, and what the last run said of it. */
import { Button, Menu, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { CellId } from '../../shared/base/ids';
import { formatBytes, formatDuration } from '../../shared/base/units';
import type { StepRun } from '../../shared/package';
import type { Step } from '../../shared/pipeline';
import { ErrorNotice, KeyValues, requestCell, Section } from '../ui';
import { HowToRun } from './how-to-run';
import { NotebookStep } from './notebook-step';
import styles from './pipeline.module.css';
import { mergeSteps, renameStep, skipCells } from './verbs';

export interface StepInspectorProps {
  readonly step: Step;
  readonly steps: readonly Step[];
  readonly run: StepRun | null;
  readonly cellNumber: (id: CellId) => number | null;
}

export function StepInspector({ step, steps, run, cellNumber }: StepInspectorProps) {
  if (step.notebook !== undefined) {
    return (
      <div data-testid="step-inspector">
        <NotebookStep step={step} notebook={step.notebook} run={run} />
        {run !== null && <StepRunSection run={run} />}
      </div>
    );
  }
  return (
    <div data-testid="step-inspector">
      <Section title={`Step ${step.name}`}>
        <div className={styles.stack}>
          <RenameField key={step.id} step={step} />
          <KeyValues
            rows={[
              ['Why', step.reason],
              ['Cells', <CellLinks key="cells" step={step} cellNumber={cellNumber} />],
              ['Takes', names(step.inputs)],
              ['Gives', names(step.outputs)],
              ['Parameters', names(step.parameters)],
            ]}
          />
          <HowToRun key={`how ${step.id}`} step={step} />
          <div className={styles.buttons}>
            <MergeMenu step={step} steps={steps} />
            <Button
              variant="default"
              data-testid="step-skip"
              onClick={() => skipCells([...step.cellIds])}
            >
              Skip this step
            </Button>
          </div>
        </div>
      </Section>
      {run !== null && <StepRunSection run={run} />}
    </div>
  );
}

const names = (list: readonly string[]) =>
  list.length === 0 ? null : <code key={list.join()}>{list.join(', ')}</code>;

function RenameField({ step }: { step: Step }) {
  const [name, setName] = useState(step.name);
  useEffect(() => setName(step.name), [step.name]);
  const save = () => {
    const next = name.trim();
    if (next !== '' && next !== step.name) renameStep(step.id, next);
  };
  return (
    <TextInput
      size="xs"
      label="Name"
      data-testid="step-name"
      value={name}
      error={name.trim() === '' ? 'A step needs a name.' : null}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}

function CellLinks({ step, cellNumber }: Pick<StepInspectorProps, 'step' | 'cellNumber'>) {
  return (
    <>
      {step.cellIds.map((id) => (
        <button key={id} type="button" className={styles.link} onClick={() => requestCell(id)}>
          {cellNumber(id) ?? '?'}
        </button>
      ))}
    </>
  );
}

function MergeMenu({ step, steps }: Pick<StepInspectorProps, 'step' | 'steps'>) {
  const others = steps.filter(({ id, notebook }) => id !== step.id && !notebook);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" disabled={others.length === 0} data-testid="step-merge">
          Merge with…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map((other) => (
          <Menu.Item key={other.id} onClick={() => mergeSteps(inOrder(steps, [step.id, other.id]))}>
            {other.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** In the pipeline's order: the merged step is named like the first. */
function inOrder(steps: readonly Step[], ids: readonly Step['id'][]): Step['id'][] {
  return steps.map(({ id }) => id).filter((id) => ids.includes(id));
}

function StepRunSection({ run }: { run: StepRun }) {
  return (
    <Section title="Last run">
      <div className={styles.stack}>
        {run.error !== null && <ErrorNotice error={run.error} />}
        <KeyValues
          rows={[
            [
              'State',
              run.attempt === undefined ? run.state : `${run.state}, attempt ${run.attempt}`,
            ],
            ['Time', run.wallMs === null ? null : formatDuration(run.wallMs)],
            ['CPU time', run.cpuMs === null ? null : formatDuration(run.cpuMs)],
            ['Peak memory', run.peakMemoryBytes === null ? null : formatBytes(run.peakMemoryBytes)],
            ...run.artifacts.map(
              ({ name, bytes, kind, summary }) =>
                [
                  name,
                  kind === 'none' ? `not kept: ${summary}` : `${formatBytes(bytes)} as ${kind}`,
                ] as const,
            ),
          ]}
        />
        {run.outputTail !== '' && <pre className={styles.output}>{run.outputTail}</pre>}
      </div>
    </Section>
  );
}
