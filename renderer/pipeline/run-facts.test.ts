import { expect, test } from 'vitest';
import { CellId, StepId } from '../../shared/base/ids';
import type { Edge } from '../../shared/pipeline';
import { edgeLabel } from './run-facts';

const line = { cellId: CellId('a'), line: 1, text: '' };
const edge = (...names: string[]): Edge => ({
  from: StepId('load'),
  to: StepId('train'),
  artifacts: names.map((name) => ({ name, writer: line, reader: line })),
});

test('a label names what fits and counts the rest, the same name once', () => {
  expect([
    edgeLabel(edge('df'), null),
    edgeLabel(edge('X_train', 'y_train', 'X_test'), null),
    edgeLabel(edge('a_very_long_variable_name', 'b'), null),
    edgeLabel(edge('df', 'df'), null),
  ]).toEqual(['df', 'X_train, y_train +1', 'a_very_long_variable_name +1', 'df']);
});
