/** Jupyter's keys in command mode, as a table; two-letter keys are typed within a second. */
import { select, selectNeighbour, useSelection } from './selection';
import { perform } from './session';
import {
  convertSelected,
  copySelected,
  cutSelected,
  deleteSelected,
  insertBeside,
  mergeWithBelow,
  pasteBelow,
  runSelected,
  undo,
} from './verbs';

type Verb = () => void | Promise<void>;

const KEYS: Readonly<Record<string, Verb>> = {
  ArrowDown: () => selectNeighbour(1),
  j: () => selectNeighbour(1),
  ArrowUp: () => selectNeighbour(-1),
  k: () => selectNeighbour(-1),
  a: () => insertBeside('above'),
  b: () => insertBeside('below'),
  x: cutSelected,
  c: copySelected,
  v: pasteBelow,
  dd: deleteSelected,
  z: undo,
  'Shift+Z': () => perform('redo'),
  m: () => convertSelected('markdown'),
  y: () => convertSelected('code'),
  r: () => convertSelected('raw'),
  'Shift+M': mergeWithBelow,
  ii: () => perform('interrupt'),
  '00': () => perform('restart'),
  Enter: editSelected,
  'Shift+Enter': () => runSelected('next'),
  'Mod+Enter': () => runSelected('stay'),
  'Alt+Enter': () => runSelected('insert'),
};

const STARTS_OF_PAIRS = new Set(['d', 'i', '0']);
const PAIR_MS = 1000;
let first: { readonly key: string; readonly at: number } | null = null;

function editSelected(): void {
  const { cellId } = useSelection.getState();
  if (cellId !== null) select(cellId, 'edit');
}

/** Acts on a key pressed while cells, not text, have the focus. Answers whether it was one of ours. */
export function handleCommandKey(event: KeyboardEvent): boolean {
  const verb = KEYS[pressed(event)];
  if (verb === undefined) return false;
  void verb();
  return true;
}

function pressed(event: KeyboardEvent): string {
  const { key } = event;
  const isMod = event.ctrlKey || event.metaKey;
  if (key === 'Enter')
    return `${isMod ? 'Mod+' : event.altKey ? 'Alt+' : event.shiftKey ? 'Shift+' : ''}Enter`;
  if (isMod || event.altKey) return '';
  if (STARTS_OF_PAIRS.has(key)) return pairWith(key);
  first = null;
  return event.shiftKey && key.length === 1 ? `Shift+${key.toUpperCase()}` : key;
}

function pairWith(key: string): string {
  const isSecond = first !== null && first.key === key && performance.now() - first.at < PAIR_MS;
  first = isSecond ? null : { key, at: performance.now() };
  return isSecond ? key + key : '';
}
