/** The last run, step by step: state, wall and CPU time, peak memory, what it kept. */
import { Table } from '@mantine/core';
import { formatBytes, formatDuration } from '../../shared/base/units';
import type { Artifact, PackageRun, StepRun } from '../../shared/package';
import { Ago, ErrorNotice, KeyValues, Pill, type Tone } from '../ui';
import styles from './package.module.css';

const STATES: Record<StepRun['state'], { readonly sign: string; readonly tone: Tone }> = {
  waiting: { sign: '○', tone: 'plain' },
  running: { sign: '◔', tone: 'accent' },
  done: { sign: '✓', tone: 'ok' },
  failed: { sign: '✗', tone: 'bad' },
  skipped: { sign: '–', tone: 'plain' },
  cancelled: { sign: '■', tone: 'plain' },
};

export interface RunViewProps {
  readonly run: PackageRun;
  /** The place says this one already. */
  readonly saidAbove: string | undefined;
}

export function RunView({ run, saidAbove }: RunViewProps) {
  return (
    <div className={styles.stack} data-testid="package-run-view" data-state={run.state}>
      <div className="dim">
        {run.state === 'running' ? 'Began' : 'Ran'} <Ago at={run.startedAt} />
        {run.environment !== null &&
          `, Python ${run.environment.python} in a clean environment, ${countPackages(run.environment.packages.length)}`}
      </div>
      {run.error !== null && run.error.message !== saidAbove && <ErrorNotice error={run.error} />}
      <StepTable steps={run.steps} />
      <Outputs steps={run.steps} />
      <Service run={run} />
    </div>
  );
}

const countPackages = (count: number) => `${count} ${count === 1 ? 'package' : 'packages'}`;

function StepTable({ steps }: { steps: readonly StepRun[] }) {
  return (
    <div className={styles.tableBox}>
      <Table className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Step</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th className="num">Time</Table.Th>
            <Table.Th className="num">CPU time</Table.Th>
            <Table.Th className="num">Peak memory</Table.Th>
            <Table.Th>Keeps</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.map((step) => (
            <StepRow key={step.stepId} step={step} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function StepRow({ step }: { step: StepRun }) {
  const { sign, tone } = STATES[step.state];
  return (
    <Table.Tr data-testid={`run-step-${step.stepId}`} data-state={step.state}>
      <Table.Td>{step.stepId}</Table.Td>
      <Table.Td>
        <Pill tone={tone}>
          <span aria-hidden>{sign}</span> {step.state}
          {step.attempt !== undefined && `, attempt ${step.attempt}`}
        </Pill>
      </Table.Td>
      <Table.Td className="num">
        {step.wallMs === null ? '–' : formatDuration(step.wallMs)}
      </Table.Td>
      <Table.Td className="num">{step.cpuMs === null ? '–' : formatDuration(step.cpuMs)}</Table.Td>
      <Table.Td className="num">
        {step.peakMemoryBytes === null ? '–' : formatBytes(step.peakMemoryBytes)}
      </Table.Td>
      <Table.Td>
        {step.artifacts.map(({ name, bytes, kind, summary }) => (
          <div key={name} className={styles.small} title={summary}>
            <code>{name}</code> {howKept(kind, bytes)}
          </div>
        ))}
      </Table.Td>
    </Table.Tr>
  );
}

/** Values that share objects are kept in one file, whose size stands at the first of them. */
function howKept(kind: Artifact['kind'], bytes: number): string {
  if (kind === 'none') return 'not kept';
  return bytes === 0 ? 'in the same file' : `${formatBytes(bytes)}, ${kind}`;
}

function Outputs({ steps }: { steps: readonly StepRun[] }) {
  const spoken = steps.filter(({ outputTail, error }) => outputTail !== '' || error !== null);
  return (
    <>
      {spoken.map(({ stepId, outputTail, error }) => (
        <details key={stepId} open={error !== null}>
          <summary>What {stepId} printed</summary>
          {error !== null && <ErrorNotice error={error} />}
          {outputTail !== '' && <pre className={styles.output}>{outputTail}</pre>}
        </details>
      ))}
    </>
  );
}

function Service({ run }: { run: PackageRun }) {
  const service = run.serviceMeasurement;
  if (service === null) return null;
  return (
    <section aria-label="As a service" className={styles.service}>
      <h2>As a service</h2>
      <KeyValues
        rows={[
          ['Ready after', formatDuration(service.startMs)],
          [
            'A request takes',
            `${formatDuration(service.requestMs)}, ${formatDuration(service.requestMs95)} for the slowest 5 %`,
          ],
          ['Measured with', `${service.requests} requests, one after another`],
          ['Memory when idle', formatBytes(service.idleMemoryBytes)],
        ]}
      />
    </section>
  );
}
