/** The frame: title bar, the road at the left, the place, the panel below it, the status bar. */
import { Suspense, useEffect, useState } from 'react';
import { ConnectDialog } from '../connect';
import { native } from '../native';
import { goTo, useNavigation } from '../navigation';
import { NotebookKeeper } from '../notebook';
import { PLACES } from '../places';
import { useConnection } from '../studio';
import { EmptyPlace, FaultLine, PipelineKeeper, PlaceFrame, useProject, Waiting } from '../ui';
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
        <Suspense fallback={<Waiting label={`Loading ${placeTitle(name)}`} />}>
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
  const isShown = useHeld(useConnection().status === 'lost', READABLE_MS);
  if (!isShown) return null;
  return (
    <div className={styles.banner} role="alert" data-testid="host-lost">
      The studio's engine stopped; restarting… What you saved or what was saved by itself is safe.
    </div>
  );
}

/** A restart may take a moment only; what flashes by cannot be read. */
const READABLE_MS = 2500;

/** True while `value` is, and for `ms` after. */
function useHeld(value: boolean, ms: number): boolean {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (value) setHeld(true);
    const timer = value ? undefined : setTimeout(() => setHeld(false), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return value || isHeld;
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
