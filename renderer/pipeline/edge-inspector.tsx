/** Why two steps are connected: the line that writes each name and the line that reads it. */
import type { CellId } from '../../shared/base/ids';
import type { Edge, LineReference, Step } from '../../shared/pipeline';
import { Card, requestCell, Section } from '../ui';
import styles from './pipeline.module.css';

export interface EdgeInspectorProps {
  readonly edge: Edge;
  readonly steps: readonly Step[];
  readonly cellNumber: (id: CellId) => number | null;
}

export function EdgeInspector({ edge, steps, cellNumber }: EdgeInspectorProps) {
  const nameOf = (id: Step['id']) => steps.find((step) => step.id === id)?.name ?? id;
  return (
    <div data-testid="edge-inspector">
      <Section title={`Edge ${nameOf(edge.from)} → ${nameOf(edge.to)}`}>
        <div className={styles.stack}>
          {edge.artifacts.map((artifact) => (
            <Card key={artifact.name}>
              <div className={styles.cause}>
                <b>{artifact.name}</b>
                <Line reference={artifact.writer} verb="writes it" cellNumber={cellNumber} />
                <span className="faint" aria-hidden>
                  ↓
                </span>
                <Line reference={artifact.reader} verb="reads it" cellNumber={cellNumber} />
              </div>
            </Card>
          ))}
        </div>
      </Section>
    </div>
  );
}

interface LineProps {
  readonly reference: LineReference;
  readonly verb: string;
  readonly cellNumber: EdgeInspectorProps['cellNumber'];
}

function Line({ reference, verb, cellNumber }: LineProps) {
  const { cellId, line, text, notebook } = reference;
  return (
    <div>
      {notebook === undefined ? (
        <button type="button" className={styles.link} onClick={() => requestCell(cellId)}>
          cell {cellNumber(cellId) ?? '?'}, line {line}
        </button>
      ) : (
        <span>
          {notebook}, cell {reference.cellNumber}, line {line}
        </span>
      )}{' '}
      <span className="faint">{verb}</span>
      <code className={styles.causeLine}>{text.trim()}</code>
    </div>
  );
}
