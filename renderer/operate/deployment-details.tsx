/** The chosen deployment: what it says of itself, what can be done with it, its log, its revisions and its runs. */
import { formatUsd } from '../../shared/base/units';
import type { Deployment } from '../../shared/operate';
import { TryIt } from '../deploy';
import { Card, Copy, KeyValues } from '../ui';
import { DeploymentActions } from './deployment-actions';
import { DeploymentLog } from './deployment-log';
import styles from './operate.module.css';
import { Revisions } from './revisions';
import { RunHistory } from './run-history';
import { canStart } from './status-words';

export function DeploymentDetails({ deployment }: { deployment: Deployment }) {
  const isService = deployment.mode === 'service';
  return (
    <div className={styles.details} data-testid="deployment-details">
      <div className={styles.stack}>
        <Card>
          <DeploymentLog deploymentId={deployment.id} />
        </Card>
        {isService && !canStart(deployment) && deployment.activity === 'none' && (
          <Card>
            <TryIt deploymentId={deployment.id} />
          </Card>
        )}
      </div>
      <div className={styles.stack}>
        <Card>
          <Facts deployment={deployment} />
          <DeploymentActions deployment={deployment} />
        </Card>
        {!isService && (
          <Card>
            <RunHistory runs={deployment.runs} />
          </Card>
        )}
        <Card>
          <Revisions deployment={deployment} />
        </Card>
      </div>
    </div>
  );
}

function Facts({ deployment }: { deployment: Deployment }) {
  const { url, cost, schedule, traffic } = deployment;
  return (
    <section aria-label={`About ${deployment.name}`}>
      <p className={styles.sentence} data-testid="deployment-detail">
        {deployment.statusDetail}
      </p>
      <KeyValues
        rows={[
          ['URL', url === null ? null : <Url key="url" url={url} />],
          ['Schedule', schedule === null ? null : `${schedule.cron} (${schedule.timeZone})`],
          ['Health', deployment.mode === 'service' ? deployment.health.message : null],
          ['Restarts', deployment.restarts === 0 ? null : String(deployment.restarts)],
          ['Estimate', estimateWords(cost)],
          ['Requests from', traffic.requests === null ? null : traffic.source],
          deployment.folder === null
            ? ['Place', deployment.place ?? '']
            : ['Folder', <code key="folder">{deployment.folder}</code>],
        ]}
      />
      <p className={styles.small}>{cost.how}</p>
      {deployment.survival.map((sentence) => (
        <p key={sentence} className={styles.small}>
          {sentence}
        </p>
      ))}
    </section>
  );
}

function estimateWords({ estimate, estimatePer }: Deployment['cost']): string {
  return estimate === null ? 'unknown' : `${formatUsd(estimate.likely)} a ${estimatePer}`;
}

function Url({ url }: { url: string }) {
  return (
    <span className={styles.inline}>
      <code>{url}</code>
      <Copy text={url} label="Copy the URL" />
    </span>
  );
}
