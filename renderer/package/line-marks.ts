/** The thin mark beside each generated line: the colour of the step whose cell it came from. */

import type { CellId } from '../../shared/base/ids';
import type { Origin, PackageFileText } from '../../shared/package';
import type { monaco } from '../ui/monaco';

type Decoration = monaco.editor.IModelDeltaDecoration;

export interface CellOfLine {
  readonly number: number | null;
  readonly stepName: string | null;
  /** Null for cells of no step: imports, parameters, functions. */
  readonly colour: number | null;
}

export type FindCell = (id: CellId) => CellOfLine;

const AT = /\bline-mark-at-(\d+)\b/;

export function lineMarks(origins: PackageFileText['origins'], findCell: FindCell): Decoration[] {
  return origins.flatMap((origin, index) =>
    origin === null ? [] : [markAt(index + 1, origin, findCell(origin.cellId))],
  );
}

function markAt(line: number, origin: Origin, cell: CellOfLine): Decoration {
  const colour = cell.colour === null ? 'none' : String(cell.colour % 8);
  return {
    range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 },
    options: {
      linesDecorationsClassName: `line-mark line-mark-${colour} line-mark-at-${line}`,
      linesDecorationsTooltip: `From ${originWords(origin, cell)}. Press to go there.`,
    },
  };
}

/** The line whose mark was pressed, or null for a press elsewhere. */
export function pressedMark(target: EventTarget): number | null {
  const match = target instanceof Element ? AT.exec(target.className) : null;
  return match === null ? null : Number(match[1]);
}

export function originWords(origin: Origin, cell: CellOfLine): string {
  const step = cell.stepName === null ? '' : `, step ${cell.stepName}`;
  return `cell ${cell.number ?? '?'}, line ${origin.line}${step}`;
}
