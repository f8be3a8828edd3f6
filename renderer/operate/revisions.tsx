import { Button, Table } from '@mantine/core';
import { formatUsd } from '../../shared/base/units';
import type { Deployment, Revision } from '../../shared/operate';
import { Ago, callOrNotify, Pill } from '../ui';
import styles from './operate.module.css';

/** Newest first; each earlier one can be gone back to. */
export function Revisions({ deployment }: { deployment: Deployment }) {
  const { id, activity } = deployment;
  const newestFirst = [...deployment.revisions].sort((a, b) => b.number - a.number);
  const rollBack = (revision: number) =>
    void callOrNotify((studio) => studio.operate.rollback({ id, revision }));
  return (
    <section aria-label={`Revisions of ${id}`} data-testid="revisions">
      <header className={styles.cardHead}>
        <h2>Revisions</h2>
      </header>
      <Table className={styles.compact}>
        <Table.Tbody>
          {newestFirst.map((revision) => (
            <RevisionRow
              key={revision.number}
              revision={revision}
              isBusy={activity !== 'none'}
              onRollBack={() => rollBack(revision.number)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function RevisionRow(props: { revision: Revision; isBusy: boolean; onRollBack: () => void }) {
  const { number, createdAt, packageDigest, isCurrent, price } = props.revision;
  return (
    <Table.Tr data-testid={`revision-${number}`}>
      <Table.Td className={isCurrent ? styles.current : undefined}>r{number}</Table.Td>
      <Table.Td className="dim">
        <Ago at={createdAt} />
      </Table.Td>
      <Table.Td className="dim" title={packageDigest}>
        <code>{packageDigest.replace('sha256:', '').slice(0, 8)}</code>
      </Table.Td>
      <Table.Td className="num dim" title="As its plan said">
        {price === null ? 'price unknown' : `${formatUsd(price.usd.likely)} a ${price.per}`}
      </Table.Td>
      <Table.Td className="num">
        {isCurrent ? (
          <Pill tone="ok">● current</Pill>
        ) : (
          <Button variant="default" disabled={props.isBusy} onClick={props.onRollBack}>
            Roll back to r{number}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
