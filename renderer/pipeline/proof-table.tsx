/** The proof, a row per output: identical, within tolerance, different (where), or can't be compared (why). */
import { Anchor, Table } from '@mantine/core';
import {
  type Cause,
  type Comparison,
  countVerdicts,
  isProved,
  type PackageRun,
  type Verdict,
} from '../../shared/package';
import { Pill, requestCell, type Tone } from '../ui';
import styles from './proof.module.css';

const VERDICTS: Record<
  Verdict,
  { readonly sign: string; readonly word: string; readonly tone: Tone }
> = {
  identical: { sign: '✓', word: 'identical', tone: 'ok' },
  'within-tolerance': { sign: '≈', word: 'within tolerance', tone: 'ok' },
  different: { sign: '✗', word: 'differs', tone: 'bad' },
  'not-compared': { sign: '?', word: "can't be compared", tone: 'warn' },
};

export function ProofTable({ comparisons }: { comparisons: readonly Comparison[] }) {
  return (
    <div className={styles.box}>
      <Table className={styles.table} data-testid="proof">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Output</Table.Th>
            <Table.Th>Verdict</Table.Th>
            <Table.Th>Step</Table.Th>
            <Table.Th className={styles.kind}>Kind</Table.Th>
            <Table.Th>Where or why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {comparisons.map(({ stepId, name, kind, verdict, note, cause }) => (
            <Table.Tr key={`${stepId} ${name}`} data-testid="proof-row" data-verdict={verdict}>
              <Table.Td className="mono">{name}</Table.Td>
              <Table.Td>
                <Pill tone={VERDICTS[verdict].tone}>
                  <span aria-hidden>{VERDICTS[verdict].sign}</span> {VERDICTS[verdict].word}
                </Pill>
              </Table.Td>
              <Table.Td>{stepId}</Table.Td>
              <Table.Td className={`dim ${styles.kind}`}>{kind}</Table.Td>
              <Table.Td className="dim">
                {note}
                {cause != null && <LikelyCause cause={cause} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function LikelyCause({ cause: { text, cellId, cellNumber } }: { cause: Cause }) {
  return (
    <div data-testid="proof-cause">
      {text}{' '}
      {cellId !== null && (
        <Anchor component="button" type="button" size="xs" onClick={() => requestCell(cellId)}>
          Show cell {cellNumber}
        </Anchor>
      )}
    </div>
  );
}

/** The proof in one pill; nothing where nothing was compared. */
export function ProofPill({ run }: { run: PackageRun | null }) {
  if (run === null || run.comparisons.length === 0) return null;
  const counts = countVerdicts(run.comparisons);
  const equal = counts.identical + counts.withinTolerance;
  const of = `${equal} of ${run.comparisons.length} outputs`;
  if (counts.different > 0) {
    return (
      <Pill tone="bad" testId="proof-pill">
        ✗ {counts.different} {counts.different === 1 ? 'output differs' : 'outputs differ'}
      </Pill>
    );
  }
  return isProved(run) ? (
    <Pill tone="ok" testId="proof-pill">
      ✓ proved equal, {of}
    </Pill>
  ) : (
    <Pill tone="warn" testId="proof-pill">
      ? {of} compared equal
    </Pill>
  );
}
