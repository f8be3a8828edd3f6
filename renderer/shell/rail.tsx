/** The road: each stage with its state at a glance and one line of fact. None is locked. */
import { IconAlertCircleFilled, IconRefresh } from '@tabler/icons-react';
import { findCommand } from '../../shared/project/commands';
import type { Stage, StageState } from '../../shared/stages';
import { showKeys } from '../keys';
import { goTo, type PlaceName, useNavigation } from '../navigation';
import { useProject } from '../ui';
import styles from './frame.module.css';
import { placeTitle, ROAD } from './stage-words';

type RoadPlace = Exclude<PlaceName, 'home'>;

const WORDS: Record<StageState['status'], string> = {
  nothing: 'nothing yet',
  underway: 'under way',
  done: 'done',
  stale: 'out of date',
  attention: 'needs you',
};

const UNKNOWN: StageState = { status: 'nothing', fact: '' };

export function Rail() {
  const stages = useProject()?.stages;
  return (
    <nav className={styles.rail} aria-label="The road">
      {ROAD.map((place, index) => (
        <StageButton
          key={place}
          place={place}
          state={stages?.[place] ?? UNKNOWN}
          isLast={index === ROAD.length - 1}
          isOnRoad
        />
      ))}
      <div className={styles.separator} />
      <StageButton place="operate" state={stages?.operate ?? UNKNOWN} isLast isOnRoad={false} />
    </nav>
  );
}

interface StageButtonProps {
  readonly place: RoadPlace;
  readonly state: StageState;
  readonly isLast: boolean;
  readonly isOnRoad: boolean;
}

function StageButton({ place, state, isLast, isOnRoad }: StageButtonProps) {
  const isCurrent = useNavigation((now) => now.place === place);
  const keys = findCommand(`go.${place}`)?.accelerator;
  const fact = factInWords(state);
  return (
    <button
      type="button"
      className={styles.stage}
      data-testid={`rail-${place}`}
      data-status={state.status}
      data-road={isOnRoad || undefined}
      data-last={isLast || undefined}
      aria-current={isCurrent ? 'page' : undefined}
      aria-label={`${placeTitle(place)}: ${WORDS[state.status]}${fact === '' ? '' : `, ${fact}`}`}
      title={keys === undefined ? undefined : `${placeTitle(place)} (${showKeys(keys)})`}
      onClick={() => goTo(place)}
    >
      <StateSign status={state.status} />
      <span>
        <b>{placeTitle(place)}</b>
        <i>{fact}</i>
      </span>
    </button>
  );
}

function StateSign({ status }: { status: StageState['status'] }) {
  return (
    <span className={styles.sign} aria-hidden>
      {status === 'stale' && <IconRefresh size={14} stroke={2.2} className={styles.stale} />}
      {status === 'attention' && <IconAlertCircleFilled size={14} className={styles.stale} />}
      {status !== 'stale' && status !== 'attention' && (
        <span className={styles.dot} data-status={status} />
      )}
    </span>
  );
}

function factInWords({ status, fact, because }: StageState): string {
  if (status !== 'stale' || because === undefined) return fact;
  return `${fact === '' ? 'Out of date' : fact}: ${stageTitle(because)} changed`;
}

function stageTitle(stage: Stage): string {
  return stage === 'connect' ? 'the kernel' : placeTitle(stage).toLowerCase();
}
