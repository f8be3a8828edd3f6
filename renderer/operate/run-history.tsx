import { Table } from '@mantine/core';
import { formatDuration } from '../../shared/base/units';
import type { JobRun } from '../../shared/operate';
import { Ago } from '../ui';
import { WordsPill } from './deployment-table';
import styles from './operate.module.css';
import { runWords } from './status-words';

/** Runs of a job, newest first. */
export function RunHistory({ runs }: { runs: readonly JobRun[] }) {
  return (
    <section aria-label="Runs" data-testid="run-history">
      <header className={styles.cardHead}>
        <h2>Runs</h2>
      </header>
      {runs.length === 0 && <p className={styles.small}>It has not run yet.</p>}
      <Table className={styles.compact}>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <WordsPill words={runWords(run)} title={run.message} testId="run-state" />
              </Table.Td>
              <Table.Td className="dim">
                <Ago at={run.startedAt} />
              </Table.Td>
              <Table.Td className="dim">
                {run.trigger === 'person' ? 'by hand' : 'by the clock'}
              </Table.Td>
              <Table.Td className="num dim">
                {run.endedAt === null ? '' : formatDuration(run.endedAt - run.startedAt)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
