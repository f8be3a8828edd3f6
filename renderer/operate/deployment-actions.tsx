/** What can be done with a deployment. What costs or deletes names the thing and the price. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { formatUsd } from '../../shared/base/units';
import { HOURS_PER_MONTH } from '../../shared/estimate';
import { type Deployment, deletedOf } from '../../shared/operate';
import { callOrNotify } from '../ui';
import styles from './operate.module.css';
import { canRetry, canStart, canStop } from './status-words';

type Verb = 'start' | 'stop' | 'restart' | 'runNow' | 'remove';

function begin(verb: Verb, id: string): void {
  void callOrNotify((studio) => studio.operate[verb]({ id }));
}

export function DeploymentActions({ deployment }: { deployment: Deployment }) {
  const [isRemoving, setRemoving] = useState(false);
  const { id, name, mode } = deployment;
  const isBusy = deployment.activity !== 'none';
  return (
    <div className={styles.actions} role="toolbar" aria-label={`Actions for ${name}`}>
      {mode !== 'service' && (
        <Button disabled={isBusy} data-testid="run-now" onClick={() => begin('runNow', id)}>
          Run now
        </Button>
      )}
      {canStart(deployment) && mode !== 'job' && (
        <Button disabled={isBusy} data-testid="start" onClick={() => begin('start', id)}>
          {startLabel(deployment)}
        </Button>
      )}
      {canRetry(deployment) && (
        <Button
          variant="default"
          disabled={isBusy}
          data-testid="retry"
          onClick={() => begin('restart', id)}
        >
          Retry what failed
        </Button>
      )}
      {canStop(deployment) && mode === 'service' && (
        <Button
          variant="default"
          disabled={isBusy}
          data-testid="restart"
          onClick={() => begin('restart', id)}
        >
          Restart
        </Button>
      )}
      {canStop(deployment) && (
        <Button
          variant="default"
          disabled={isBusy}
          data-testid="stop"
          onClick={() => begin('stop', id)}
        >
          {stopLabel(deployment)}
        </Button>
      )}
      <Button
        variant="subtle"
        color="red"
        c="var(--bad)"
        disabled={isBusy}
        data-testid="remove"
        onClick={() => setRemoving(true)}
      >
        Remove…
      </Button>
      <RemoveDialog
        deployment={deployment}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
      />
    </div>
  );
}

/** What is stopped costs nothing by the hour, and does again once it runs. */
function startLabel({ cost, mode }: Deployment): string {
  if (mode !== 'service' || cost.estimate === null) return 'Start';
  return `Start · ${formatUsd(cost.estimate.likely / HOURS_PER_MONTH)} an hour`;
}

function stopLabel({ cost }: Deployment): string {
  return cost.perHour === null || cost.perHour === 0
    ? 'Stop'
    : `Stop · saves ${formatUsd(cost.perHour)} an hour`;
}

function RemoveDialog(props: { deployment: Deployment; isOpen: boolean; onClose: () => void }) {
  const { id, name, folder, place } = props.deployment;
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`Remove ${name}?`} centered>
      <p className={styles.sentence}>
        It is stopped, and {deletedOf(props.deployment)} are deleted from{' '}
        <code>{folder ?? place}</code>. Your notebook and the package stay as they are. This cannot
        be undone.
      </p>
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={props.onClose}>
          Keep it
        </Button>
        <Button
          color="red"
          data-testid="remove-confirm"
          onClick={() => {
            props.onClose();
            begin('remove', id);
          }}
        >
          Remove {name}
        </Button>
      </div>
    </Modal>
  );
}
