/** The last sweep: how far it is, its picture, a row for each point. */
import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { formatDuration } from '../../shared/base/units';
import {
  type SweepColumns,
  type SweepPlan,
  type SweepPoint,
  type SweepRun,
  sweepColumns,
} from '../../shared/package';
import { Ago, EmptyPlace, ErrorNotice, Pill, type Tone } from '../ui';
import { PackagePicture } from './package-picture';
import styles from './sweep.module.css';
import { SweepChart } from './sweep-chart';
import {
  describeSweepState,
  failuresOf,
  inOrder,
  parameterKey,
  resultKey,
  type SweepOrder,
  showSweepValue,
  TIME_KEY,
} from './sweep-words';

export interface SweepViewProps {
  readonly run: SweepRun | null;
  /** Hash of the package as it is now. */
  readonly packageHash: string | null;
  /** The place says this one already. */
  readonly saidAbove: string | undefined;
  readonly isBusy: boolean;
  readonly onGoOn: (plan: SweepPlan) => void;
  readonly onForm: () => void;
}

export function SweepView(props: SweepViewProps) {
  const { run, saidAbove, onForm } = props;
  if (run === null) return <NothingSwept onForm={onForm} />;
  const { points, error } = run;
  return (
    <div className={styles.view} data-testid="sweep" data-state={run.state}>
      <Head {...props} run={run} />
      {error !== null && error.message !== saidAbove && <ErrorNotice error={error} />}
      {points.length > 0 && (
        <>
          <Failures points={points} />
          <SweepChart points={points} />
          <PointTable points={points} columns={sweepColumns(points)} />
          <p className={styles.hint}>
            Every result is in results.csv and results.json of <code>{run.folder}</code>
          </p>
        </>
      )}
    </div>
  );
}

/** Once for each thing that went wrong, with the points where it did. */
function Failures({ points }: { points: readonly SweepPoint[] }) {
  return failuresOf(points).map(({ error, where }) => (
    <div key={error.message} data-testid="sweep-failure" className={styles.failure}>
      <span className="dim">{where}</span>
      <ErrorNotice error={error} />
    </div>
  ));
}

function NothingSwept({ onForm }: { onForm: () => void }) {
  return (
    <EmptyPlace
      picture={<PackagePicture />}
      title="No sweep yet"
      sentence="A sweep runs the package once for each combination of parameter values, and shows what came of it in one table. Steps that several combinations share run once."
      action={
        <Button variant="default" onClick={onForm}>
          Give values to try
        </Button>
      }
    />
  );
}

const STATE_TONES: Record<SweepRun['state'], Tone> = {
  running: 'accent',
  ended: 'ok',
  cancelled: 'plain',
  failed: 'bad',
};

function Head({ run, packageHash, isBusy, onGoOn }: SweepViewProps & { run: SweepRun }) {
  const { plan, state, points } = run;
  const isWhole = points.length > 0 && points.every((point) => point.state === 'done');
  const isOlder = run.packageHash !== null && run.packageHash !== packageHash;
  const tone = points.some((point) => point.state === 'failed') ? 'bad' : STATE_TONES[state];
  return (
    <div className={styles.head}>
      <Pill tone={tone} testId="sweep-state">
        {describeSweepState(run)}
      </Pill>
      <span className="dim">
        {state === 'running' ? 'began' : 'ran'} <Ago at={run.startedAt} />
      </span>
      {isOlder && <Pill tone="warn">↻ the package changed since</Pill>}
      {plan !== null && state !== 'running' && !isWhole && (
        <Button
          variant="default"
          size="compact-sm"
          disabled={isBusy}
          data-testid="sweep-go-on"
          title="What is done is kept and taken as it is"
          onClick={() => onGoOn(plan)}
        >
          Go on
        </Button>
      )}
    </div>
  );
}

interface PointTableProps {
  readonly points: readonly SweepPoint[];
  readonly columns: SweepColumns;
}

function PointTable({ points, columns }: PointTableProps) {
  const [order, setOrder] = useState<SweepOrder | null>(null);
  const { parameters, results, same } = columns;
  const head = (column: string, title: string) => (
    <OrderedHead key={column} {...{ column, title, order, setOrder }} />
  );
  return (
    <>
      <div className={styles.tableBox}>
        <Table className={styles.table} data-testid="sweep-table">
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="num">Point</Table.Th>
              {parameters.map((name) => head(parameterKey(name), name))}
              {results.map((name) => head(resultKey(name), name))}
              <Table.Th>State</Table.Th>
              {head(TIME_KEY, 'Time')}
              <Table.Th>Steps run</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {inOrder(points, order).map(([point, number]) => (
              <PointRow key={number} {...{ point, number, columns }} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {same.length > 0 && (
        <p className={styles.hint} data-testid="sweep-same">
          The same at every point:{' '}
          {same.map(({ name, value }) => `${name} = ${showSweepValue(value)}`).join(', ')}
        </p>
      )}
    </>
  );
}

interface OrderedHeadProps {
  readonly column: string;
  readonly title: string;
  readonly order: SweepOrder | null;
  readonly setOrder: (order: SweepOrder | null) => void;
}

/** Ascending, descending, as they were planned. */
function OrderedHead({ column, title, order, setOrder }: OrderedHeadProps) {
  const mine = order?.column === column ? order : null;
  const next = mine === null ? { column, isDescending: false } : { column, isDescending: true };
  const sorted = mine === null ? 'none' : mine.isDescending ? 'descending' : 'ascending';
  return (
    <Table.Th className="num" aria-sort={sorted}>
      <button
        type="button"
        className={styles.sort}
        title={`Sort by ${title}`}
        onClick={() => setOrder(mine?.isDescending ? null : next)}
      >
        {title}
        <span aria-hidden>{mine === null ? '' : mine.isDescending ? ' ↓' : ' ↑'}</span>
      </button>
    </Table.Th>
  );
}

const SIGNS: Record<SweepPoint['state'], { readonly sign: string; readonly tone: Tone }> = {
  waiting: { sign: '○', tone: 'plain' },
  running: { sign: '◔', tone: 'accent' },
  done: { sign: '✓', tone: 'ok' },
  failed: { sign: '✗', tone: 'bad' },
  cancelled: { sign: '■', tone: 'plain' },
};

interface PointRowProps {
  readonly point: SweepPoint;
  readonly number: number;
  readonly columns: SweepColumns;
}

function PointRow({ point, number, columns }: PointRowProps) {
  const { state, step, wallMs, ran } = point;
  const { sign, tone } = SIGNS[state];
  const { parameters, results } = columns;
  return (
    <Table.Tr data-testid={`sweep-point-${number}`} data-state={state}>
      <Table.Td className="num dim">{number}</Table.Td>
      {parameters.map((name) => (
        <Table.Td key={name} className="num mono">
          {showSweepValue(point.parameters[name])}
        </Table.Td>
      ))}
      {results.map((name) => (
        <Table.Td key={name} className="num mono">
          {state === 'done' ? showSweepValue(point.values[name]) : ''}
        </Table.Td>
      ))}
      <Table.Td>
        <Pill tone={tone}>
          <span aria-hidden>{sign}</span> {state}
          {step !== null && `: ${step}`}
        </Pill>
      </Table.Td>
      <Table.Td className="num">{wallMs === null ? '–' : formatDuration(wallMs)}</Table.Td>
      <Table.Td className="dim">{stepsWords(state, ran)}</Table.Td>
    </Table.Tr>
  );
}

function stepsWords(state: SweepPoint['state'], ran: readonly string[]): string {
  if (state !== 'done') return '';
  return ran.length === 0 ? 'none, all shared or unchanged' : ran.join(', ');
}
