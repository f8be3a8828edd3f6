/** Where the window was, remembered between starts. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BrowserWindow, type Rectangle, screen } from 'electron';

export interface WindowState {
  readonly bounds: Rectangle | null;
  readonly isMaximized: boolean;
}

export function readWindowState(path: string): WindowState {
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as WindowState;
    return isOnScreen(state.bounds) ? state : { ...state, bounds: null };
  } catch {
    return { bounds: null, isMaximized: false };
  }
}

export function keepWindowState(window: BrowserWindow, path: string): void {
  window.on('close', () => {
    const state: WindowState = {
      bounds: window.getNormalBounds(),
      isMaximized: window.isMaximized(),
    };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  });
}

/** A window on a screen that is gone would be lost. */
function isOnScreen(bounds: Rectangle | null): boolean {
  if (!bounds) return false;
  const area = screen.getDisplayMatching(bounds).workArea;
  return (
    bounds.x < area.x + area.width - 80 &&
    bounds.y < area.y + area.height - 40 &&
    bounds.x + bounds.width > area.x + 80 &&
    bounds.y >= area.y
  );
}
