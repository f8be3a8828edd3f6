import { Button } from '@mantine/core';
import type { StudioError } from '../../shared/base/studio-error';
import type { Engine } from '../../shared/build';
import { callOrNotify, ErrorNotice, Pill } from '../ui';
import styles from './build.module.css';

/** The host's own words may bring the button already. */
const hasOwnCheck = ({ nextSteps }: StudioError) =>
  nextSteps.some(({ command }) => command === 'build.checkEngine');

/** Whether a Docker engine answers; without one, what to do. Nothing else is blocked by it. */
export function EngineLine({ engine }: { engine: Engine }) {
  const check = (
    <Button
      variant="default"
      data-testid="engine-check"
      onClick={() => void callOrNotify((studio) => studio.build.checkEngine())}
    >
      Look again
    </Button>
  );
  switch (engine.status) {
    case 'missing':
      return (
        <div data-testid="engine-state" data-status="missing">
          <ErrorNotice
            tone="warn"
            error={engine.error}
            actions={hasOwnCheck(engine.error) ? undefined : check}
          />
        </div>
      );
    case 'ready':
      return (
        <div className={styles.engine} data-testid="engine-state" data-status="ready">
          <Pill tone="ok">● engine ready</Pill>
          <span className="dim" title={`${engine.who.address} (${engine.who.source})`}>
            {engine.who.kind === 'podman' ? 'Podman' : 'Docker'} {engine.who.version},{' '}
            {engine.who.platform} on {engine.who.name || engine.who.address}
          </span>
        </div>
      );
    case 'unknown':
      return (
        <div className={styles.engine} data-testid="engine-state" data-status="unknown">
          <Pill>○ engine not looked for yet</Pill>
          {check}
        </div>
      );
  }
}
