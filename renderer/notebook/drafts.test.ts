/** What is typed is shown until the host has it, whatever the host tells of the cell meanwhile. */
import { expect, test } from 'vitest';
import { CellId } from '../../shared/base/ids';
import type { NotebookState } from '../../shared/notebook';
import { connectStudio, loseStudio, type Studio } from '../studio';
import { draft, draftOf, flushDraft } from './drafts';
import { useSession } from './session';

const CELL = CellId('a');
const state = {
  revision: 0,
  document: { path: '/n.ipynb', isReadOnly: false, cells: [] },
} as unknown as NotebookState;
useSession.setState({ session: { status: 'open', path: '/n.ipynb', state } });

/** A host that takes a text once the test lets it, or refuses it. */
function host() {
  const texts: string[] = [];
  const answers: ((isTaken: boolean) => void)[] = [];
  const edit = ({ edit }: { edit: { source: string } }) =>
    new Promise((resolve, reject) => {
      texts.push(edit.source);
      answers.push((isTaken) =>
        isTaken ? resolve({ ok: true, value: { revision: 0 } }) : reject(new Error('gone')),
      );
    });
  connectStudio({ notebook: { edit } } as unknown as Studio);
  return { texts, answer: (isTaken: boolean) => answers.shift()?.(isTaken) };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test('a text on its way is still what the editor shows, the last of several', async () => {
  const { texts, answer } = host();
  draft(CELL, 'x');
  void flushDraft(CELL);
  draft(CELL, 'x = 1');
  void flushDraft(CELL);
  await turn();
  const first = draftOf(CELL);
  answer(true);
  await turn();
  const second = draftOf(CELL);
  answer(true);
  await flushDraft(null);
  expect([first, second, draftOf(CELL), texts]).toEqual(['x = 1', 'x = 1', null, ['x', 'x = 1']]);
});

test('a text that no host took goes to the next one', async () => {
  const gone = host();
  draft(CELL, 'y = 2');
  void flushDraft(CELL);
  await turn();
  loseStudio();
  gone.answer(false);
  await flushDraft(null);
  const kept = draftOf(CELL);
  const next = host();
  const sent = flushDraft(null);
  await turn();
  next.answer(true);
  await sent;
  expect([kept, draftOf(CELL), next.texts]).toEqual(['y = 2', null, ['y = 2']]);
});
