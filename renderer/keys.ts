/** Keys: matches key presses with accelerators as Electron writes them, and shows them as people read them. */
import { listCommands, runCommand } from './commands';

const isMac = /mac/i.test(navigator.platform);

const NAMES: Record<string, string> = {
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  esc: 'Escape',
  space: ' ',
};

interface Chord {
  readonly key: string;
  readonly isMod: boolean;
  readonly isShift: boolean;
  readonly isAlt: boolean;
}

function parseKeys(keys: string): Chord {
  const parts = keys.split('+');
  const last = parts.at(-1) ?? '';
  const has = (name: string) => parts.slice(0, -1).some((part) => part.toLowerCase() === name);
  return {
    key: (NAMES[last.toLowerCase()] ?? last).toLowerCase(),
    isMod: has('cmdorctrl'),
    isShift: has('shift'),
    isAlt: has('alt'),
  };
}

export function matchesKeys(event: KeyboardEvent, keys: string): boolean {
  const chord = parseKeys(keys);
  const isMod = isMac ? event.metaKey : event.ctrlKey;
  return (
    isMod === chord.isMod &&
    event.shiftKey === chord.isShift &&
    event.altKey === chord.isAlt &&
    (event.key.toLowerCase() === chord.key || event.code.toLowerCase() === `key${chord.key}`)
  );
}

/** `CmdOrCtrl+Shift+K` as ⇧⌘K on a Mac, as Ctrl+Shift+K elsewhere. */
export function showKeys(keys: string): string {
  if (!isMac) return keys.replace('CmdOrCtrl', 'Ctrl');
  const parts = keys.split('+');
  const sign = { CmdOrCtrl: '⌘', Shift: '⇧', Alt: '⌥' };
  return parts.map((part) => (part in sign ? sign[part as keyof typeof sign] : part)).join('');
}

/**
 * One handler for the whole window. It acts in the capture phase, so that an editor in focus does not swallow the
 * studio's keys, and takes only keys with ⌘/Ctrl or Alt: plain letters belong to the places.
 */
export function installKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = listCommands().find(
      ({ keys, when }) => keys?.includes('+') && matchesKeys(event, keys) && when?.() !== false,
    );
    if (command === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    runCommand(command.id);
  };
  window.addEventListener('keydown', onKeyDown, true);
  return () => window.removeEventListener('keydown', onKeyDown, true);
}
