/** Estimate: targets side by side with what they would cost, from the measured run; shown before anything is deployed. */
import { Button, SegmentedControl } from '@mantine/core';
import { useEffect } from 'react';
import { formatBytes, formatDuration, formatUsd } from '../../shared/base/units';
import type { Estimate, EstimateState, TargetEstimate } from '../../shared/estimate';
import { runCommand } from '../commands';
import { sharedStream, studio } from '../studio';
import { callOrNotify, EmptyPlace, ErrorNotice, PlaceFrame } from '../ui';
import { Assumptions } from './assumptions';
import styles from './estimate.module.css';
import { EstimateFooter } from './estimate-footer';
import { LineItems } from './line-items';
import { mainTotal, periodWords } from './price-words';
import { ScalesPicture } from './scales-picture';
import { Sensitivities } from './sensitivities';
import { TargetTable } from './target-table';

const estimateStream = sharedStream<EstimateState, null>(
  (studio, options) => studio.estimate.watch(undefined, options),
  null,
);

export function EstimatePlace() {
  const state = estimateStream.use();
  useMarkShown(state?.estimate ?? null);
  if (state === null) return <PlaceFrame title="Estimate">{null}</PlaceFrame>;
  if (state.estimate === null) return <NoEstimate state={state} />;
  return <ShownEstimate state={state} estimate={state.estimate} />;
}

/** A deployment may only begin once its estimate stood on the screen; this is where that is told. */
function useMarkShown(estimate: Estimate | null): void {
  const id = estimate?.id;
  const isShown = estimate?.isShown ?? true;
  useEffect(() => {
    if (id === undefined || isShown) return;
    const frame = requestAnimationFrame(() => void studio().estimate.markShown({ estimateId: id }));
    return () => cancelAnimationFrame(frame);
  }, [id, isShown]);
}

function NoEstimate({ state }: { state: EstimateState }) {
  const isExpected = state.problem === null || state.problem.kind === 'precondition';
  return (
    <PlaceFrame title="Estimate">
      {!isExpected && state.problem !== null && <ErrorNotice error={state.problem} />}
      <EmptyPlace
        picture={<ScalesPicture />}
        title="Nothing measured yet"
        sentence={
          state.problem?.message ??
          'Prices come from a measured run: run the package once on this computer, and its time and memory become an estimate for each target.'
        }
        action={<Button onClick={() => runCommand('package.run')}>Run the package here</Button>}
      />
    </PlaceFrame>
  );
}

function ShownEstimate({ state, estimate }: { state: EstimateState; estimate: Estimate }) {
  const chosen = estimate.targets.find((target) => target.targetId === state.chosenTarget);
  return (
    <PlaceFrame
      title="Estimate"
      facts={<Measured estimate={estimate} />}
      actions={chosen !== undefined && <PlanButton target={chosen} mode={estimate.mode} />}
      inspector={
        <>
          <Assumptions assumptions={state.assumptions} />
          {chosen !== undefined && <Sensitivities target={chosen} />}
        </>
      }
    >
      <div className={styles.column} data-testid="estimate" data-shown={estimate.isShown}>
        <ModeSwitch state={state} />
        {state.problem !== null && <ErrorNotice error={state.problem} tone="warn" />}
        <TargetTable
          estimate={estimate}
          assumptions={state.assumptions}
          chosenId={state.chosenTarget}
        />
        {chosen !== undefined && <LineItems target={chosen} estimate={estimate} />}
        {chosen !== undefined && <EstimateFooter target={chosen} estimate={estimate} />}
      </div>
    </PlaceFrame>
  );
}

function Measured({ estimate }: { estimate: Estimate }) {
  const { measurement } = estimate;
  return (
    <span
      className="dim"
      data-testid="estimate-measured"
      title={`From the measured run of ${measurement.packageName} on this computer`}
    >
      measured: {formatDuration(measurement.wallMs)}, {formatBytes(measurement.peakMemoryBytes)}
    </span>
  );
}

function ModeSwitch({ state }: { state: EstimateState }) {
  const label = { job: 'Job', scheduled: 'Scheduled job', service: 'Service' };
  return (
    <SegmentedControl
      className={styles.modes}
      aria-label="What to run"
      data-testid="estimate-mode"
      size="xs"
      value={state.mode}
      data={(['job', 'scheduled', 'service'] as const).map((mode) => ({
        value: mode,
        label: label[mode],
        disabled: !state.modes.includes(mode),
      }))}
      onChange={(mode) => void callOrNotify((host) => host.estimate.setMode({ mode }))}
    />
  );
}

function PlanButton({ target, mode }: { target: TargetEstimate; mode: Estimate['mode'] }) {
  const total = mainTotal(target);
  const price =
    total === null ? 'price unknown' : `about ${formatUsd(total.likely)} ${periodWords(mode)}`;
  return (
    <Button
      data-testid="estimate-plan"
      onClick={() => runCommand('deploy.plan', { targetId: target.targetId })}
    >
      Plan on {target.targetId === 'this-computer' ? 'this computer' : target.title} · {price}
    </Button>
  );
}
