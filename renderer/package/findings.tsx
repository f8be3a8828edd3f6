import { Button } from '@mantine/core';
import type { PackageProblem } from '../../shared/package';
import { Notice, requestCell } from '../ui';
import type { FindCell } from './line-marks';
import styles from './package.module.css';

const TONES = { error: 'bad', warning: 'warn', note: 'info' } as const;

/** What the generator found: what it could not take over, and what a reviewer should know. */
export function Findings(props: { problems: readonly PackageProblem[]; findCell: FindCell }) {
  const { problems, findCell } = props;
  if (problems.length === 0) return <p className="dim">Nothing was found that needs a look.</p>;
  return (
    <div className={styles.stack} data-testid="findings">
      {problems.map(({ severity, message, cellId, line }) => (
        <Notice
          key={`${message} ${cellId} ${line}`}
          tone={TONES[severity]}
          testId={`finding-${severity}`}
          actions={
            cellId !== null && (
              <Button variant="default" onClick={() => requestCell(cellId)}>
                Show cell {findCell(cellId).number ?? ''}
                {line === null ? '' : `, line ${line}`}
              </Button>
            )
          }
        >
          {message}
        </Notice>
      ))}
    </div>
  );
}
