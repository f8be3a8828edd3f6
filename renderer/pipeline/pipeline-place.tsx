/** Pipeline: the steps as a graph, why they are connected, their parameters, and the proof that they give what the notebook gave. */
import { Button, Loader, Tabs } from '@mantine/core';
import { useState } from 'react';
import type { CellView } from '../../shared/notebook';
import type { PackageRun } from '../../shared/package';
import type { Pipeline, PipelineView } from '../../shared/pipeline';
import { runCommand, useCommands } from '../commands';
import { goTo } from '../navigation';
import {
  EmptyPlace,
  ErrorNotices,
  Pill,
  PlaceFrame,
  TaskProgress,
  useCall,
  useCellSteps,
  useIsWorking,
  useTask,
} from '../ui';
import { AddNotebookDialog } from './add-notebook-dialog';
import { CellList } from './cell-list';
import { cellNumberIn, useCells } from './cells';
import { EdgeInspector } from './edge-inspector';
import { packageStream } from './package-stream';
import { ParameterForm } from './parameter-form';
import styles from './pipeline.module.css';
import { PipelineGraph } from './pipeline-graph';
import { PipelinePicture } from './pipeline-picture';
import { ProblemList } from './problem-list';
import { PromoteDialog } from './promote-dialog';
import { ProofPill, ProofTable } from './proof-table';
import { stepRunOf } from './run-facts';
import { useSelection } from './selection';
import { StepInspector } from './step-inspector';
import { useFixes } from './use-fixes';
import { setWhole } from './verbs';

export function PipelinePlace() {
  const view = useCellSteps((state) => state.view);
  const [isAdding, setIsAdding] = useState(false);
  useFixes(() => view !== null);
  useCommands([
    {
      id: 'pipeline.whole',
      title: 'Run the notebook as one step',
      when: () => view !== null && view.pipeline.whole === undefined,
      run: () => setWhole(true),
    },
    {
      id: 'pipeline.steps',
      title: 'Divide the notebook into steps',
      when: () => view?.choices.whole === true,
      run: () => setWhole(false),
    },
    { id: 'pipeline.add-notebook', when: () => view !== null, run: () => setIsAdding(true) },
  ]);
  return (
    <>
      <Shown view={view} />
      {isAdding && <AddNotebookDialog onClose={() => setIsAdding(false)} />}
    </>
  );
}

function Shown({ view }: { view: PipelineView | null }) {
  if (view === null) return <NotReadYet />;
  if (view.pipeline.steps.length === 0) return <NoSteps view={view} />;
  return <LoadedPipeline view={view} />;
}

function NotReadYet() {
  return (
    <PlaceFrame title="Pipeline">
      <div className={styles.reading} role="status">
        <Loader size="sm" />
        <span className="dim">Reading the notebook's cells…</span>
      </div>
    </PlaceFrame>
  );
}

function NoSteps({ view }: { view: PipelineView }) {
  return (
    <PlaceFrame title="Pipeline">
      <ProblemList problems={view.pipeline.problems} skippable={[]} />
      <EmptyPlace
        picture={<PipelinePicture />}
        title="No steps yet"
        sentence="A pipeline is the notebook's code cells grouped into steps, each with what it takes and what it gives. Write or open some code cells, and steps are suggested."
        action={<Button onClick={() => goTo('notebook')}>Go to the notebook</Button>}
      />
    </PlaceFrame>
  );
}

function LoadedPipeline({ view }: { view: PipelineView }) {
  const { pipeline } = view;
  const state = packageStream.use();
  const activity = state?.activity ?? { kind: 'idle' };
  const task = useTask(activity.kind === 'idle' ? null : activity.taskId);
  const run = state?.run ?? null;
  const start = useCall((studio, compare: boolean) =>
    studio.package.run({ parameters: {}, compare }),
  );
  const errors = [start.error, view.choicesError, state?.error ?? null];
  const isWorking = useIsWorking('package');
  const isBusy = isWorking || activity.kind !== 'idle' || start.isPending;
  return (
    <PlaceFrame
      title="Pipeline"
      isPadded={false}
      facts={
        <>
          <Pill testId="pipeline-counts">{countWords(pipeline)}</Pill>
          <ProofPill run={run} />
        </>
      }
      actions={
        <>
          <Button
            variant="default"
            data-testid="pipeline-add-notebook"
            title="Another notebook of the project becomes a step: what they hand to one another is files"
            onClick={() => runCommand('pipeline.add-notebook')}
          >
            Add a notebook…
          </Button>
          <Button
            variant="default"
            disabled={isBusy}
            data-testid="pipeline-run"
            title="Writes the package if needed and runs it, step by step, in a clean environment"
            onClick={() => void start.run(false)}
          >
            Run
          </Button>
          <Button
            disabled={isBusy}
            data-testid="pipeline-prove"
            title="Runs the notebook and the package, each in a clean environment, and compares what they give"
            onClick={() => void start.run(true)}
          >
            {run !== null && run.comparisons.length > 0 ? 'Prove again' : 'Prove'}
          </Button>
        </>
      }
      inspector={<Inspector pipeline={pipeline} run={run} />}
    >
      <div className={styles.place}>
        <div className={styles.top}>
          {errors.some((error) => error !== null) && <Errors errors={errors} />}
          {task !== null && (
            <div className={styles.task}>
              <TaskProgress task={task} />
            </div>
          )}
          <PipelineGraph pipeline={pipeline} run={run} />
        </div>
        <Below pipeline={pipeline} run={run} onProve={() => void start.run(true)} isBusy={isBusy} />
      </div>
    </PlaceFrame>
  );
}

function countWords({ steps, parameters }: Pipeline): string {
  const of = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  return `${of(steps.length, 'step')} · ${of(parameters.length, 'parameter')}`;
}

function Errors({ errors }: { errors: readonly PipelineView['choicesError'][] }) {
  return (
    <div className={styles.task}>
      <ErrorNotices errors={errors} />
    </div>
  );
}

function Inspector({ pipeline, run }: { pipeline: Pipeline; run: PackageRun | null }) {
  const selection = useSelection((state) => state.selection);
  const cellNumber = cellNumberIn(useCells());
  const { steps, edges } = pipeline;
  const step = selection.kind === 'step' ? steps.find(({ id }) => id === selection.id) : undefined;
  const edge =
    selection.kind === 'edge'
      ? edges.find(({ from, to }) => from === selection.from && to === selection.to)
      : undefined;
  return (
    <>
      {step !== undefined && (
        <StepInspector
          step={step}
          steps={steps}
          run={stepRunOf(run, step.id)}
          cellNumber={cellNumber}
        />
      )}
      {edge !== undefined && <EdgeInspector edge={edge} steps={steps} cellNumber={cellNumber} />}
      {step === undefined && edge === undefined && (
        <p className={styles.hint}>
          Choose a step to change it, or an edge to see the lines that cause it.
        </p>
      )}
      <ParameterForm parameters={pipeline.parameters} />
    </>
  );
}

interface BelowProps {
  readonly pipeline: Pipeline;
  readonly run: PackageRun | null;
  readonly isBusy: boolean;
  readonly onProve: () => void;
}

function Below({ pipeline, run, isBusy, onProve }: BelowProps) {
  const cells = useCells();
  const [promoting, setPromoting] = useState<CellView | null>(null);
  const problemCount = pipeline.problems.filter(({ severity }) => severity !== 'hint').length;
  return (
    <Tabs defaultValue="proof" className={styles.below}>
      <Tabs.List aria-label="About the pipeline">
        <Tabs.Tab value="proof">Proof</Tabs.Tab>
        <Tabs.Tab value="cells">Cells</Tabs.Tab>
        <Tabs.Tab value="problems">Problems{problemCount > 0 ? ` · ${problemCount}` : ''}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="proof" className={styles.panel}>
        {run !== null && run.comparisons.length > 0 ? (
          <ProofTable comparisons={run.comparisons} />
        ) : (
          <div className={styles.noProof}>
            <p>
              Not proved yet. Proving runs the notebook and the package, each in a clean
              environment, and compares what every step gives.
            </p>
            <Button variant="default" disabled={isBusy} onClick={onProve}>
              Prove
            </Button>
          </div>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="cells" className={styles.panel}>
        <CellList cells={cells} pipeline={pipeline} onPromote={setPromoting} />
      </Tabs.Panel>
      <Tabs.Panel value="problems" className={styles.panel}>
        <ProblemList problems={pipeline.problems} skippable={pipeline.skippable} />
      </Tabs.Panel>
      {promoting !== null && (
        <PromoteDialog
          cell={promoting}
          number={cellNumberIn(cells)(promoting.id) ?? 0}
          onClose={() => setPromoting(null)}
        />
      )}
    </Tabs>
  );
}
