import { expect, test } from 'vitest';
import { CellId, StepId } from '../../shared/base/ids';
import type { CellFacts, PipelineView, Step } from '../../shared/pipeline';
import { rolesOf } from './cell-steps';

const cells = ['imports', 'a', 'b', 'plot', 'c'].map(CellId);
const facts = cells.map((cellId) => ({ cellId }) as CellFacts);
const step = {
  id: StepId('train'),
  name: 'Train',
  cellIds: [CellId('a'), CellId('b'), CellId('c')],
};

test('each cell knows what it is for, and only the first of a row carries the label', () => {
  const pipeline = {
    steps: [step as Step],
    parameters: [],
    helpers: [],
    skipped: [{ cellId: CellId('plot'), reason: 'A plot.' }],
    placements: [{ cellId: CellId('imports'), place: 'imports', stepId: null, isChosen: true }],
  };
  const roles = rolesOf({ facts, pipeline } as unknown as PipelineView);
  const summary = [...cells].map((id) => [id, roles.get(id)?.kind, roles.get(id)?.isFirst]);
  expect(summary).toEqual([
    ['imports', 'imports', true],
    ['a', 'step', true],
    ['b', 'step', false],
    ['plot', 'skipped', true],
    ['c', 'step', true],
  ]);
});
