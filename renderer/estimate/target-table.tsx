/** Targets as rows, their prices as bars on one common scale. The chosen row's lines stand below. */
import { Table } from '@mantine/core';
import { formatDuration, formatUsd } from '../../shared/base/units';
import type { Assumption, Estimate, TargetEstimate } from '../../shared/estimate';
import { callOrNotify, Pill } from '../ui';
import styles from './estimate.module.css';
import { mainTotal, periodWords, priceOrUnknown, requestsPerMonth, unitPrice } from './price-words';
import { type PriceRange, rangeBar, scaleEnd } from './range-scale';

export interface TargetTableProps {
  readonly estimate: Estimate;
  readonly assumptions: readonly Assumption[];
  readonly chosenId: TargetEstimate['targetId'];
}

export function TargetTable({ estimate, assumptions, chosenId }: TargetTableProps) {
  const end = scaleEnd(estimate.targets.map(mainTotal));
  const isService = estimate.mode === 'service';
  const requests = isService ? requestsPerMonth(assumptions) : null;
  return (
    <div className={styles.tableBox}>
      <Table className={styles.table} data-testid="estimate-targets">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Target</Table.Th>
            <Table.Th>Fits</Table.Th>
            <Table.Th className={styles.wide}>Ready in</Table.Th>
            <Table.Th>
              {estimate.mode === 'job' ? 'Per run' : 'Per month'}, low to high
              {end > 0 && <span className="faint"> · scale to {formatUsd(end)}</span>}
            </Table.Th>
            <Table.Th className="num">Likely, {periodWords(estimate.mode)}</Table.Th>
            {estimate.mode !== 'job' && (
              <Table.Th className={`num ${styles.wide}`}>
                {isService ? 'Per 1 000 requests' : 'Per run'}
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {estimate.targets.map((target) => (
            <TargetRow
              key={target.targetId}
              target={target}
              isChosen={target.targetId === chosenId}
              end={end}
              isService={isService}
              unit={estimate.mode === 'job' ? undefined : unitPrice(target, requests)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface TargetRowProps {
  readonly target: TargetEstimate;
  readonly isChosen: boolean;
  readonly end: number;
  /** Undefined leaves the column out; null is unknown. */
  readonly unit: number | null | undefined;
  readonly isService: boolean;
}

function TargetRow({ target, isChosen, end, unit, isService }: TargetRowProps) {
  const total = mainTotal(target);
  const { targetId } = target;
  const choose = () => void callOrNotify((studio) => studio.estimate.chooseTarget({ targetId }));
  return (
    <Table.Tr
      className={isChosen ? styles.chosen : styles.row}
      aria-selected={isChosen}
      data-testid={`estimate-row-${targetId}`}
      onClick={choose}
    >
      <Table.Td>
        <button type="button" className={styles.target} aria-pressed={isChosen} onClick={choose}>
          {target.title}
        </button>
        <div className={styles.small}>
          {[target.product, target.region].filter(Boolean).join(', ')}
        </div>
      </Table.Td>
      <Table.Td>
        <FitPill target={target} />
        <div className={`${styles.small} ${styles.narrow}`} title={target.startTime.note}>
          ready in {formatDuration(target.startTime.likelyMs)}
        </div>
      </Table.Td>
      <Table.Td className={`dim ${styles.wide} ${styles.nowrap}`} title={target.startTime.note}>
        {formatDuration(target.startTime.likelyMs)}
      </Table.Td>
      <Table.Td>
        {total === null ? (
          <span className="dim">no price known</span>
        ) : (
          <Range range={total} end={end} />
        )}
      </Table.Td>
      <Table.Td className="num" data-testid="estimate-likely">
        <b className={styles.likely}>{priceOrUnknown(total?.likely ?? null)}</b>
        {unit !== undefined && (
          <div className={`${styles.small} ${styles.narrow}`}>
            {priceOrUnknown(unit)} {isService ? 'per 1 000' : 'a run'}
          </div>
        )}
        {total !== null && !total.isComplete && (
          <div className={styles.small}>priced lines only</div>
        )}
      </Table.Td>
      {unit !== undefined && (
        <Table.Td className={`num dim ${styles.wide}`}>{priceOrUnknown(unit)}</Table.Td>
      )}
    </Table.Tr>
  );
}

function FitPill({ target }: { target: TargetEstimate }) {
  const { fit } = target;
  if (fit.kind === 'does-not-fit') {
    return (
      <div className={styles.fit}>
        <Pill tone="bad">✗ no</Pill>
        <div className={styles.small}>{fit.reason}</div>
      </div>
    );
  }
  return (
    <div className={styles.fit} title={fit.reason}>
      <Pill tone="ok">✓ yes</Pill>
      <div className={`${styles.small} ${styles.nowrap}`}>
        {fit.vcpu} vCPU, {fit.memoryGib} GiB
      </div>
    </div>
  );
}

function Range({ range, end }: { range: PriceRange; end: number }) {
  const bar = rangeBar(range, end);
  const words = `${formatUsd(range.low)} to ${formatUsd(range.high)}, likely ${formatUsd(range.likely)}`;
  return (
    <div className={styles.rangeCell}>
      <div className={styles.range} role="img" aria-label={words} title={words}>
        <span style={{ left: `${bar.start}%`, width: `${bar.width}%` }} />
        <em style={{ left: `${bar.likely}%` }} />
      </div>
      <div className={styles.small}>
        {formatUsd(range.low)} to {formatUsd(range.high)}
      </div>
    </div>
  );
}
