/** Alive: everything that runs or waits to run, with its state and cost; the chosen one's log, revisions and runs below. */
import { ActionIcon, Alert, Button, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { formatUsd } from '../../shared/base/units';
import type { OperateState } from '../../shared/operate';
import { useCommands } from '../commands';
import { goTo } from '../navigation';
import { sharedStream } from '../studio';
import { callOrNotify, EmptyPlace, Pill, PlaceFrame } from '../ui';
import { DeploymentDetails } from './deployment-details';
import { DeploymentTable } from './deployment-table';
import { HarbourPicture } from './harbour-picture';
import styles from './operate.module.css';

const operateStream = sharedStream<OperateState, null>(
  (studio, options) => studio.operate.watch(undefined, options),
  null,
);

const refresh = () => void callOrNotify((studio) => studio.operate.refresh());

export function OperatePlace() {
  const state = operateStream.use();
  const [chosenId, choose] = useState<string | null>(null);
  useCommands([{ id: 'operate.refresh', title: 'Look again at what is alive', run: refresh }]);
  if (state === null) return <PlaceFrame title="Alive">{null}</PlaceFrame>;
  const chosen = state.deployments.find(({ id }) => id === chosenId) ?? state.deployments[0];
  if (chosen === undefined) return <NothingAlive unreachable={state.unreachable} />;
  return (
    <PlaceFrame
      title="Alive"
      facts={<Facts state={state} />}
      actions={
        <Tooltip label="Look again">
          <ActionIcon aria-label="Look again" onClick={refresh}>
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
      }
    >
      <div className={styles.column}>
        <Unreachable places={state.unreachable} />
        <DeploymentTable deployments={state.deployments} chosenId={chosen.id} onChoose={choose} />
        <DeploymentDetails key={chosen.id} deployment={chosen} />
      </div>
    </PlaceFrame>
  );
}

function Facts({ state }: { state: OperateState }) {
  return (
    <>
      <Pill testId="alive-count">{state.deployments.length} in all</Pill>
      <Pill testId="alive-per-hour">
        {state.perHour === null
          ? 'cost an hour unknown'
          : `${formatUsd(state.perHour)} an hour now`}
      </Pill>
    </>
  );
}

/** What runs at a place that does not answer is unknown: that is said, not left out. */
function Unreachable({ places }: { places: OperateState['unreachable'] }) {
  return places.map(({ place, why }) => (
    <Alert key={place} color="yellow" data-testid="unreachable-place">
      What runs at {place} is not known: {why}
    </Alert>
  ));
}

function NothingAlive({ unreachable }: Pick<OperateState, 'unreachable'>) {
  return (
    <PlaceFrame title="Alive">
      <Unreachable places={unreachable} />
      <EmptyPlace
        picture={<HarbourPicture />}
        title="Nothing is deployed"
        sentence="What you deploy shows here, with its state, its log and what it has cost so far, until you remove it."
        action={<Button onClick={() => goTo('deploy')}>Go to Deploy</Button>}
      />
    </PlaceFrame>
  );
}
