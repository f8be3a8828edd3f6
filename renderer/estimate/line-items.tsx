/** The chosen target, line by line: quantity × price, where each number comes from, and how it was worked out. */
import { Table } from '@mantine/core';
import type { Basis, Estimate, LineItem, TargetEstimate } from '../../shared/estimate';
import { Card, Pill, type Tone } from '../ui';
import styles from './estimate.module.css';
import { formatAmount, formatUnitPrice, priceOrUnknown } from './price-words';

export function LineItems({ target, estimate }: { target: TargetEstimate; estimate: Estimate }) {
  return (
    <Card>
      <section aria-label={`${target.title}, line by line`} data-testid="estimate-lines">
        <h2 className={styles.cardTitle}>
          {target.title}, line by line <span className="faint">{pricesOf(estimate)}</span>
        </h2>
        <div className={styles.tableBox}>
          <Table className={styles.lines}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Line</Table.Th>
                <Table.Th className="num">Quantity</Table.Th>
                <Table.Th className="num">Price</Table.Th>
                <Table.Th className="num">{target.period === 'run' ? 'Run' : 'Month'}</Table.Th>
                <Table.Th>Basis</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {target.lines.map((line) => (
                <LineRow key={line.id} line={line} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
        {target.lines.length === 0 && <p className="dim">There is nothing to price here.</p>}
        <Staleness lines={target.lines} />
        {target.notes.map((note) => (
          <p key={note} className={styles.note}>
            {note}
          </p>
        ))}
      </section>
    </Card>
  );
}

const KIND_WORDS: Record<LineItem['kind'], string> = {
  fixed: 'Fixed, used or not',
  usage: 'By use',
};

function LineRow({ line }: { line: LineItem }) {
  return (
    <Table.Tr data-testid="estimate-line">
      <Table.Td>
        {line.label}{' '}
        {line.staleness !== null && (
          <span className={styles.stale} title={line.staleness}>
            ! old price
          </span>
        )}
        <div className={styles.small}>
          {KIND_WORDS[line.kind]} · {line.how}
        </div>
      </Table.Td>
      <Table.Td className="num">
        {line.quantity === null ? 'unknown' : formatAmount(line.quantity, line.unit)}
      </Table.Td>
      <Table.Td className="num" title={sourceOf(line)}>
        {line.price === null ? 'unknown' : formatUnitPrice(line.price)}
      </Table.Td>
      <Table.Td className="num">{priceOrUnknown(line.usd)}</Table.Td>
      <Table.Td>
        <BasisPill basis={line.basis} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Each sentence once, below the lines it is about. */
function Staleness({ lines }: { lines: readonly LineItem[] }) {
  const sentences = [...new Set(lines.flatMap(({ staleness }) => staleness ?? []))];
  if (sentences.length === 0) return null;
  return <p className={styles.stale}>! {sentences.join(' ')}</p>;
}

function sourceOf(line: LineItem): string {
  const facts = [line.source, line.region, line.date === null ? null : `price of ${line.date}`];
  return facts.filter((fact) => fact !== null).join(', ') || 'No source is known for this price.';
}

function pricesOf({ pricesFrom, pricesTo }: Estimate): string {
  if (pricesFrom === null) return '· date of the prices not known';
  return pricesFrom === pricesTo || pricesTo === null
    ? `· prices of ${pricesFrom}`
    : `· prices of ${pricesFrom} to ${pricesTo}`;
}

const BASIS_TONES: Record<Basis, Tone> = { measured: 'ok', edited: 'warn', assumed: 'plain' };

export function BasisPill({ basis }: { basis: Basis }) {
  return (
    <Pill tone={BASIS_TONES[basis]} testId={`basis-${basis}`}>
      {basis}
    </Pill>
  );
}
