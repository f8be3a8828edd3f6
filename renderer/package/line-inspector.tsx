import type { PackageFileText } from '../../shared/package';
import { Card, requestCell, Section } from '../ui';
import { type FindCell, originWords } from './line-marks';
import styles from './package.module.css';

/** Where the line under the cursor came from. */
export function LineInspector(props: { file: PackageFileText; line: number; findCell: FindCell }) {
  const { file, line, findCell } = props;
  const origin = file.origins[line - 1];
  return (
    <Section title={`Line ${line} comes from`}>
      <div data-testid="line-origin">
        <Card>
          {origin ? (
            <button
              type="button"
              className={styles.link}
              title="Enter in the file does the same"
              onClick={() => requestCell(origin.cellId)}
            >
              {originWords(origin, findCell(origin.cellId))}
            </button>
          ) : (
            <span className="dim">Slipway: it holds the steps together.</span>
          )}
        </Card>
      </div>
    </Section>
  );
}
