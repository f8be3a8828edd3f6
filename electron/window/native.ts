/** What only the main process can do for the page, behind a handful of parsed messages. */
import {
  type BrowserWindow,
  dialog,
  type IpcMainInvokeEvent,
  ipcMain,
  nativeTheme,
} from 'electron';
import { openExternal } from './studio-window';

const NOTEBOOKS = [{ name: 'Notebooks', extensions: ['ipynb'] }];
const THEMES = ['system', 'dark', 'light'] as const;

export function serveNative(current: () => BrowserWindow | null): void {
  handle('native:open-dialog', current, async (window) => {
    const answer = await dialog.showOpenDialog(window, {
      title: 'Open a notebook',
      properties: ['openFile'],
      filters: NOTEBOOKS,
    });
    return answer.filePaths[0] ?? null;
  });
  handle('native:save-dialog', current, async (window, defaultPath) => {
    const answer = await dialog.showSaveDialog(window, {
      title: 'Save the notebook as',
      filters: NOTEBOOKS,
      ...(typeof defaultPath === 'string' ? { defaultPath } : {}),
    });
    return answer.filePath || null;
  });
  handle('native:open-external', current, (_window, url) => {
    if (typeof url === 'string') openExternal(url);
  });
  handle('native:set-theme', current, (_window, theme) => {
    const known = THEMES.find((name) => name === theme);
    if (known) nativeTheme.themeSource = known;
  });
}

/** Answers only the top frame of our own window. */
function handle(
  channel: string,
  current: () => BrowserWindow | null,
  work: (window: BrowserWindow, argument: unknown) => unknown,
): void {
  ipcMain.handle(channel, (event: IpcMainInvokeEvent, argument: unknown) => {
    const window = current();
    if (!window || event.senderFrame !== window.webContents.mainFrame) return null;
    return work(window, argument);
  });
}
