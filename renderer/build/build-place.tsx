/** Image: the package as a container image; steps with times and sizes, the first real error on top. */
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { formatBytes } from '../../shared/base/units';
import type { BuildState } from '../../shared/build';
import { useCommands } from '../commands';
import { goTo, useNavigation } from '../navigation';
import { sharedStream, studio } from '../studio';
import {
  EmptyPlace,
  ErrorNotices,
  Pill,
  PlaceFrame,
  TaskProgress,
  useCall,
  useProject,
  useTask,
} from '../ui';
import styles from './build.module.css';
import { BuildSettingsForm, FIRST_FIELD, PUSH_FIELD } from './build-settings-form';
import { BuildSteps } from './build-steps';
import { EngineLine } from './engine-line';
import { ImageCard } from './image-card';
import { ImageContents } from './image-contents';
import { ImagePicture } from './image-picture';
import { KeptImages } from './kept-images';
import { PushLayers } from './push-layers';

const buildStream = sharedStream<BuildState, null>(
  (studio, options) => studio.build.watch(undefined, options),
  null,
);

export function BuildPlace() {
  const state = buildStream.use();
  if (state === null) return <PlaceFrame title="Image">{null}</PlaceFrame>;
  return <LoadedBuild state={state} />;
}

function LoadedBuild({ state }: { state: BuildState }) {
  useLookForEngine(state.engine.status);
  const start = useCall((studio) => studio.build.start());
  const push = useCall((studio) => studio.build.push());
  const look = useCall((studio) => studio.build.lookAtKept());
  const task = useTask(state.taskId);
  const isBuilding = state.activity !== 'idle';
  const canPush = state.image !== null && !isBuilding && !push.isPending;
  // Without a registry in the settings the answer is the field that is missing.
  const pushOrAsk = () => {
    if (state.settings.pushTo === '') showSettings(PUSH_FIELD);
    else void push.run();
  };
  const canBuild = state.engine.status !== 'missing' && !isBuilding && !start.isPending;
  useCommands([
    { id: 'build.start', when: () => canBuild, run: () => void start.run() },
    {
      id: 'build.check-engine',
      title: 'Look for a Docker engine',
      run: () => void studio().build.checkEngine(),
    },
    { id: 'build.settings', title: 'Open build settings', run: () => showSettings(FIRST_FIELD) },
    { id: 'build.push', when: () => canPush, run: pushOrAsk },
    {
      id: 'build.lookAtKept',
      run: () => {
        useNavigation.setState({ isInspectorOpen: true });
        void look.run();
      },
    },
  ]);
  const isEmpty = state.steps.length === 0 && state.image === null && !isBuilding;
  return (
    <PlaceFrame
      title="Image"
      facts={<Facts state={state} />}
      inspector={
        <>
          <BuildSettingsForm state={state} isDisabled={isBuilding} />
          {state.kept === null ? (
            <Button
              size="xs"
              variant="default"
              data-testid="build-look-at-kept"
              loading={look.isPending}
              onClick={() => void look.run()}
            >
              Show images on the engine
            </Button>
          ) : (
            <KeptImages use={state.kept} isDisabled={isBuilding} />
          )}
        </>
      }
      actions={
        <Button
          data-testid="build-start"
          disabled={!canBuild}
          loading={start.isPending}
          onClick={() => void start.run()}
        >
          {state.image === null ? 'Build image' : 'Build again'}
        </Button>
      }
    >
      <div className={styles.column}>
        <ErrorNotices errors={[start.error, push.error, look.error, state.error]} />
        <EngineLine engine={state.engine} />
        {isBuilding && task !== null && <TaskProgress task={task} />}
        {state.activity === 'pushing' && state.push !== null && <PushLayers push={state.push} />}
        {isBuilding && state.activity !== 'pushing' && state.contextBytes > 0 && (
          <span className="dim">
            {formatBytes(state.contextBytes)} of the package sent to the engine
          </span>
        )}
        {state.image !== null && !isBuilding && (
          <>
            <ImageCard image={state.image} canPush={canPush} onPush={pushOrAsk} />
            <ImageContents image={state.image} />
          </>
        )}
        {isEmpty ? (
          <NothingBuilt state={state} canBuild={canBuild} onBuild={() => void start.run()} />
        ) : null}
        {state.steps.length > 0 && <BuildSteps steps={state.steps} />}
      </div>
    </PlaceFrame>
  );
}

/** Nobody should have to ask for it: the first look at the place looks for the engine. */
function useLookForEngine(status: BuildState['engine']['status']): void {
  useEffect(() => {
    // What it finds comes back in the state, so nothing else is said here.
    if (status === 'unknown') void studio().build.checkEngine();
  }, [status]);
}

function Facts({ state }: { state: BuildState }) {
  const stage = useProject()?.stages.build;
  return (
    <>
      {state.image !== null && (
        <Pill tone="ok" testId="build-image-size">
          ✓ {formatBytes(state.image.bytes)}
        </Pill>
      )}
      {stage?.status === 'stale' && (
        <Pill tone="warn" title={stage.fact}>
          ↻ the package changed since
        </Pill>
      )}
    </>
  );
}

function NothingBuilt(props: { state: BuildState; canBuild: boolean; onBuild: () => void }) {
  const isMissing = props.state.engine.status === 'missing';
  return (
    <EmptyPlace
      picture={<ImagePicture />}
      title="No image yet"
      sentence="An image is the package with its Python and its libraries in one file, so that it starts the same on every machine. This computer can run the package without one."
      action={
        isMissing ? (
          <Button variant="default" onClick={() => goTo('estimate')}>
            Go on to the estimate
          </Button>
        ) : (
          <Button disabled={!props.canBuild} onClick={props.onBuild}>
            Build image
          </Button>
        )
      }
    />
  );
}

function showSettings(field: string): void {
  useNavigation.setState({ isInspectorOpen: true });
  requestAnimationFrame(() => document.getElementById(field)?.focus());
}
