/** What stands in the way, what may go wrong, and hints; each with its place and what to do. */
import { Button } from '@mantine/core';
import type { CellId } from '../../shared/base/ids';
import type { Problem } from '../../shared/pipeline';
import { runCommand } from '../commands';
import { Notice, placeInWords, requestCell } from '../ui';
import styles from './pipeline.module.css';
import { skipCells } from './verbs';

const TONES = { error: 'bad', warning: 'warn', hint: 'info' } as const;

export function ProblemList({
  problems,
  skippable,
}: {
  problems: readonly Problem[];
  skippable: readonly { readonly cellId: CellId; readonly reason: string }[];
}) {
  if (problems.length === 0 && skippable.length === 0) {
    return <p className={styles.hint}>Nothing stands in the way.</p>;
  }
  return (
    <div className={styles.stack} data-testid="pipeline-problems">
      {problems.map((problem) => (
        <ProblemNotice
          key={`${problem.cellId} ${problem.line} ${problem.message}`}
          problem={problem}
        />
      ))}
      {skippable.length > 0 && (
        <Notice
          tone="info"
          actions={
            <Button
              variant="default"
              onClick={() => skipCells(skippable.map(({ cellId }) => cellId))}
            >
              Skip {skippable.length === 1 ? 'it' : 'them'}
            </Button>
          }
        >
          {skippable.length === 1
            ? `One cell only shows something: ${skippable[0]?.reason ?? ''}`
            : `${skippable.length} cells only show something that nothing later reads.`}
        </Notice>
      )}
    </div>
  );
}

function ProblemNotice({ problem }: { problem: Problem }) {
  const { severity, message, cellId, nextSteps } = problem;
  const where = placeInWords(problem);
  const commands = nextSteps.filter((step) => step.command !== undefined);
  const hasActions = cellId !== undefined || commands.length > 0;
  return (
    <Notice
      tone={TONES[severity]}
      testId={`problem-${severity}`}
      actions={
        hasActions && (
          <>
            {cellId !== undefined && (
              <Button variant="default" onClick={() => requestCell(cellId)}>
                Show the cell
              </Button>
            )}
            {commands.map((step) => (
              <Button
                key={step.label}
                variant="default"
                onClick={() => runCommand(step.command ?? '', step.argument)}
              >
                {step.label}
              </Button>
            ))}
          </>
        )
      }
    >
      {message}
      {where !== '' && <div className="dim">{where}</div>}
    </Notice>
  );
}
