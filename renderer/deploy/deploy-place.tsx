/** Deploy: choose a target, see each change with its price, confirm, watch it tick, try the result. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DeployState, WrittenFiles } from '../../shared/deploy';
import { type TargetId, targetIdSchema } from '../../shared/estimate';
import { runCommand, useCommands } from '../commands';
import { sharedStream } from '../studio';
import {
  type Call,
  EmptyPlace,
  ErrorNotice,
  Notice,
  notifyError,
  Pill,
  PlaceFrame,
  TaskProgress,
  useCall,
  useTask,
} from '../ui';
import styles from './deploy.module.css';
import { DeployResultCard } from './deploy-result';
import { DeploySettingsForm } from './deploy-settings-form';
import { PlanPicture } from './plan-picture';
import { PlanView } from './plan-view';
import { Survival, TargetChecks } from './target-facts';
import { TargetPicker } from './target-picker';

const deployStream = sharedStream<DeployState, null>(
  (studio, options) => studio.deploy.watch(undefined, options),
  null,
);

export function DeployPlace() {
  const state = deployStream.use();
  if (state === null) return <PlaceFrame title="Deploy">{null}</PlaceFrame>;
  return <LoadedDeploy state={state} />;
}

/** Choosing the target first, where the command names one, so that the estimate's button needs one call. */
function usePlan(): Call<[TargetId | null], unknown> {
  return useCall<[TargetId | null], unknown>(async (studio, targetId) => {
    if (targetId !== null) {
      const chosen = await studio.deploy.chooseTarget({ targetId });
      if (!chosen.ok) {
        notifyError(chosen.error);
        return chosen;
      }
    }
    return studio.deploy.plan();
  });
}

function LoadedDeploy({ state }: { state: DeployState }) {
  const plan = usePlan();
  const [written, setWritten] = useState<WrittenFiles | null>(null);
  const exported = useCall((studio) => studio.deploy.exportFiles());
  const writeFiles = async () => {
    setWritten(null);
    const result = await exported.run();
    if (result.ok) setWritten(result.value);
  };
  const check = useCall((studio) => studio.deploy.check());
  useCommands([
    { id: 'deploy.check', run: () => void check.run() },
    { id: 'deploy.plan', run: (argument) => void plan.run(targetOf(argument)) },
    { id: 'deploy.export', run: () => void writeFiles() },
  ]);
  const target = state.targets.find(({ id }) => id === state.targetId);
  const isBusy = state.activity.kind !== 'idle' || plan.isPending || check.isPending;
  const canPlan = target?.unavailable === null && state.settings !== null && !isBusy;
  return (
    <PlaceFrame
      title="Deploy"
      facts={<Facts state={state} />}
      actions={
        <>
          {target?.exports != null && (
            <Button
              variant="default"
              data-testid="deploy-export"
              title={`Writes ${target.exports} beside the package; changes nothing there`}
              disabled={!canPlan}
              loading={exported.isPending}
              onClick={() => void writeFiles()}
            >
              Export files
            </Button>
          )}
          <Button
            variant="default"
            data-testid="deploy-check"
            title="Asks the target where it is, as whom you would deploy and whether it is ready; changes nothing"
            disabled={!canPlan}
            loading={check.isPending}
            onClick={() => void check.run()}
          >
            Check
          </Button>
          <Button
            variant={state.plan === null ? 'filled' : 'default'}
            data-testid="deploy-plan"
            disabled={!canPlan}
            loading={plan.isPending}
            onClick={() => void plan.run(null)}
          >
            {state.plan === null ? 'Plan' : 'Plan again'}
          </Button>
        </>
      }
      inspector={
        <>
          {state.settings !== null && (
            <DeploySettingsForm settings={state.settings} target={target} isDisabled={isBusy} />
          )}
          {state.check !== null && <TargetChecks check={state.check} />}
          {target !== undefined && <Survival sentences={target.survival} />}
        </>
      }
    >
      <div className={styles.column}>
        {/* What a call answered is said by the state too, and goes from it when another target is chosen. */}
        {state.problem !== null && <ErrorNotice error={state.problem} />}
        {written !== null && <Exported written={written} />}
        {state.result !== null && <DeployResultCard result={state.result} />}
        <Applying state={state} />
        {state.plan !== null && <PlanView state={state} plan={state.plan} />}
        {state.plan === null && state.result === null && (
          <NoPlan state={state} canPlan={canPlan} onPlan={() => void plan.run(null)} />
        )}
        <TargetPicker targets={state.targets} chosen={state.targetId} isDisabled={isBusy} />
      </div>
    </PlaceFrame>
  );
}

function targetOf(argument: unknown): TargetId | null {
  if (typeof argument !== 'object' || argument === null || !('targetId' in argument)) return null;
  return targetIdSchema.safeParse(argument.targetId).data ?? null;
}

function Exported({ written: { folder, files, leftOut } }: { written: WrittenFiles }) {
  return (
    <Notice tone="info">
      {files.length} {files.length === 1 ? 'file' : 'files'} written to{' '}
      <code data-testid="deploy-exported">{folder}</code>
      {leftOut.length > 0 && (
        <>
          . Not in this export:
          <ul data-testid="deploy-left-out">
            {leftOut.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}

function Facts({ state }: { state: DeployState }) {
  const { plan } = state;
  if (plan === null) return null;
  return (
    <Pill testId="deploy-revision">
      {plan.replaces === null
        ? `${plan.deploymentId}, first revision`
        : `${plan.deploymentId}, revision ${plan.replaces} becomes ${plan.revision}`}
    </Pill>
  );
}

function Applying({ state }: { state: DeployState }) {
  const task = useTask(state.activity.kind === 'applying' ? state.activity.taskId : null);
  return task === null ? null : <TaskProgress task={task} />;
}

function NoPlan(props: { state: DeployState; canPlan: boolean; onPlan: () => void }) {
  const isPackaged = props.state.settings !== null;
  return (
    <div className={styles.empty}>
      <EmptyPlace
        picture={<PlanPicture />}
        title={isPackaged ? 'Nothing planned' : 'No package to deploy'}
        sentence={
          isPackaged
            ? 'A plan lists each change with its price, and changes nothing itself. You confirm it afterwards.'
            : 'Deploying starts from the package: write it first, then run it once so that its price can be told.'
        }
        action={
          isPackaged ? (
            <Button disabled={!props.canPlan} onClick={props.onPlan}>
              Plan a deployment
            </Button>
          ) : (
            <Button onClick={() => runCommand('package.generate')}>Write the package</Button>
          )
        }
      />
    </div>
  );
}
