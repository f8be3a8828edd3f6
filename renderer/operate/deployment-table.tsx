import { Table } from '@mantine/core';
import { formatDuration, formatUsd } from '../../shared/base/units';
import { TARGET_TITLES } from '../../shared/estimate';
import type { Deployment } from '../../shared/operate';
import { Ago, Pill } from '../ui';
import styles from './operate.module.css';
import { healthWords, type StatusWords, statusWords } from './status-words';

export interface DeploymentTableProps {
  readonly deployments: readonly Deployment[];
  readonly chosenId: string;
  readonly onChoose: (id: string) => void;
}

/** One row a deployment; numbers that cannot be known are a dash, never a zero. */
export function DeploymentTable({ deployments, chosenId, onChoose }: DeploymentTableProps) {
  return (
    <div className={styles.tableBox}>
      <Table className={styles.table} horizontalSpacing={8} data-testid="deployments">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Health</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th className="num">Requests</Table.Th>
            <Table.Th className="num" title="95 of 100 requests were answered in less">
              p95
            </Table.Th>
            <Table.Th className={`num ${styles.wide}`}>$ an hour</Table.Th>
            <Table.Th className="num">$ to date</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deployments.map((deployment) => (
            <DeploymentRow
              key={deployment.id}
              deployment={deployment}
              isChosen={deployment.id === chosenId}
              onChoose={() => onChoose(deployment.id)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface DeploymentRowProps {
  readonly deployment: Deployment;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function DeploymentRow({ deployment, isChosen, onChoose }: DeploymentRowProps) {
  const { name, since, traffic, cost, health } = deployment;
  return (
    <Table.Tr
      className={isChosen ? styles.chosen : styles.row}
      aria-selected={isChosen}
      data-testid={`deployment-${name}`}
      data-status={deployment.status}
      onClick={onChoose}
    >
      <Table.Td>
        <button type="button" className={styles.name} aria-pressed={isChosen} onClick={onChoose}>
          {name} <span className="faint">r{deployment.revision}</span>
        </button>
        <div className={styles.small} title={deployment.place ?? undefined}>
          {TARGET_TITLES[deployment.targetId]}
        </div>
      </Table.Td>
      <Table.Td>
        <WordsPill
          words={statusWords(deployment)}
          title={deployment.statusDetail}
          testId="deployment-state"
        />
        <NextRun at={deployment.nextRunAt} />
      </Table.Td>
      <Table.Td>
        {deployment.mode === 'service' ? (
          <WordsPill
            words={healthWords(health)}
            title={health.message}
            testId="deployment-health"
          />
        ) : (
          <span className="dim">–</span>
        )}
      </Table.Td>
      <Table.Td className="dim">{since === null ? '–' : <Ago at={since} />}</Table.Td>
      <Table.Td className="num" title={traffic.source}>
        {traffic.requests ?? '–'}
        {traffic.errors !== null && (
          <div className={styles.small}>{errorWords(traffic.errors)}</div>
        )}
      </Table.Td>
      <Table.Td className="num">
        {traffic.p95Ms === null ? '–' : formatDuration(traffic.p95Ms)}
      </Table.Td>
      <Table.Td className={`num ${styles.wide}`}>
        {cost.perHour === null ? 'unknown' : formatUsd(cost.perHour)}
      </Table.Td>
      <Table.Td className="num" title={cost.how}>
        {cost.toDate === null ? 'unknown' : formatUsd(cost.toDate.likely)}
        {cost.perHour !== null && (
          <div className={`${styles.small} ${styles.narrow}`}>
            {formatUsd(cost.perHour)} an hour
          </div>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

const errorWords = (count: number) => `${count} ${count === 1 ? 'error' : 'errors'}`;

export function WordsPill(props: { words: StatusWords; title?: string; testId?: string }) {
  const { words, title, testId } = props;
  return (
    <Pill tone={words.tone} {...(title ? { title } : {})} {...(testId ? { testId } : {})}>
      <span aria-hidden>{words.sign}</span> {words.word}
    </Pill>
  );
}

function NextRun({ at }: { at: number | null }) {
  if (at === null) return null;
  return <div className={styles.small}>next {new Date(at).toLocaleString([], NEXT_RUN)}</div>;
}

const NEXT_RUN = {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
} as const;
