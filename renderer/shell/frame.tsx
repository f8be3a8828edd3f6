/** The frame: title bar, the road at the left, the place, the panel below it, the status bar. */
import { Suspense, useEffect } from 'react';
import { ConnectDialog } from '../connect';
import { native } from '../native';
import { goTo, useNavigation } from '../navigation';
import { NotebookKeeper } from '../notebook';
import { PLACES } from '../places';
import { useConnection } from '../studio';
import { EmptyPlace, FaultLine, PipelineKeeper, PlaceFrame, useProject } from '../ui';
import { useFileDrop } from './file-drop';
import styles from './frame.module.css';
import { Home } from './home';
import { KeysDialog } from './keys-dialog';
import { Palette } from './palette';
import { BottomPanel } from './panel';
import { Rail } from './rail';
import { SettingsDialog } from './settings-dialog';
import { openNotebook, useShellCommands } from './shell-commands';
import { placeTitle } from './stage-words';
import { StatusBar } from './status-bar';
import { TaskNotifier } from './task-notifier';
import { TitleBar } from './title-bar';

export function Frame() {
  useShellCommands();
  useOpenedFiles();
  useFollowProject();
  const isDropping = useFileDrop();
  const isPanelOpen = useNavigation((state) => state.panel.isOpen);
  return (
    <div className={styles.frame}>
      <TitleBar />
      <Rail />
      <main className={styles.main} data-panel={isPanelOpen || undefined}>
        <LostBanner />
        <div className={styles.placeBox}>
          <CurrentPlace />
        </div>
        {isPanelOpen && <BottomPanel />}
      </main>
      <StatusBar />
      {isDropping && <div className={styles.drop}>Drop a notebook to open it</div>}
      <Palette />
      <SettingsDialog />
      <KeysDialog />
      <ConnectDialog />
      <NotebookKeeper />
      <PipelineKeeper />
      <TaskNotifier />
    </div>
  );
}

function CurrentPlace() {
  const name = useNavigation((state) => state.place);
  if (name === 'home') return <Home />;
  const place = PLACES.find((candidate) => candidate.name === name);
  if (place !== undefined) {
    return (
      <FaultLine key={name} what={`The place ${placeTitle(name)}`}>
        <Suspense fallback={<PlaceFrame title={placeTitle(name)}>{null}</PlaceFrame>}>
          <place.Component />
        </Suspense>
      </FaultLine>
    );
  }
  return (
    <PlaceFrame title={placeTitle(name)}>
      <EmptyPlace
        picture={null}
        title={placeTitle(name)}
        sentence="This place is not in this build."
      />
    </PlaceFrame>
  );
}

function LostBanner() {
  const { status } = useConnection();
  if (status !== 'lost') return null;
  return (
    <div className={styles.banner} role="alert" data-testid="host-lost">
      The studio's engine stopped; restarting… What you saved or what was saved by itself is safe.
    </div>
  );
}

/** Native menu and files opened from outside (file manager, second start). */
function useOpenedFiles(): void {
  useEffect(() => native()?.onOpenFile((path) => void openNotebook(path)), []);
}

/** Another notebook opened: go to it. None left: back to the start page, unless the place needs no notebook. */
function useFollowProject(): void {
  const project = useProject();
  const path = project === null ? undefined : (project.open?.path ?? null);
  useEffect(() => {
    const { place } = useNavigation.getState();
    if (path === null && place !== 'operate') goTo('home');
    if (typeof path === 'string') goTo('notebook');
  }, [path]);
}
