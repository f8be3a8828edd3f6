/** Lights up one name in a cell's editor: where it is bound or read, and, otherwise marked, where it is changed in place. */
import type { CellId } from '../../shared/base/ids';
import { type CellFacts, useCellSteps } from '../ui';
import type { monaco } from '../ui/monaco';
import { lightUp, useSelection } from './selection';

type Editor = monaco.editor.IStandaloneCodeEditor;

/** Follows the lit name while the editor lives; resting the mouse on a name of the notebook lights it. */
export function followLitName(editor: Editor, cellId: CellId): monaco.IDisposable[] {
  const marks = editor.createDecorationsCollection();
  const draw = () => {
    const { litName } = useSelection.getState();
    const facts = useCellSteps.getState().facts.get(cellId);
    const model = editor.getModel();
    marks.set(litName === null || model === null ? [] : decorations(model, litName, facts));
  };
  draw();
  const stopSelection = useSelection.subscribe((now, before) => {
    if (now.litName !== before.litName) draw();
  });
  const stopFacts = useCellSteps.subscribe(draw);
  return [
    { dispose: stopSelection },
    { dispose: stopFacts },
    editor.onMouseMove(({ target }) => lightUp(nameAt(editor, target.position))),
    editor.onMouseLeave(() => lightUp(null)),
  ];
}

function nameAt(editor: Editor, position: monaco.Position | null): string | null {
  const word = position === null ? null : editor.getModel()?.getWordAtPosition(position);
  if (!word || !isKnown(word.word)) return null;
  return word.word;
}

/** Only names that cells share; lighting up every word would be noise. */
function isKnown(name: string): boolean {
  for (const cell of useCellSteps.getState().facts.values()) {
    if (cell.bound.some((use) => use.name === name)) return true;
  }
  return false;
}

function decorations(
  model: monaco.editor.ITextModel,
  name: string,
  facts: CellFacts | undefined,
): monaco.editor.IModelDeltaDecoration[] {
  const isUsed = [facts?.bound, facts?.read, facts?.mutated].some((uses) =>
    uses?.some((use) => use.name === name),
  );
  if (!isUsed) return [];
  const changed = new Set(
    facts?.mutated.filter((use) => use.name === name).map(({ line }) => line),
  );
  const matches = model.findMatches(name, false, false, true, WORD_SEPARATORS, false);
  return matches.map(({ range }) => ({
    range,
    options: {
      inlineClassName: changed.has(range.startLineNumber)
        ? 'slipway-lit-change'
        : 'slipway-lit-name',
    },
  }));
}

const WORD_SEPARATORS = '`~!@#$%^&*()-=+[{]}\\|;:\'",.<>/? \t';
