/** The one window: sandboxed, isolated, and unable to go anywhere but its own bundle. */
import { BrowserWindow, nativeTheme, session, shell } from 'electron';
import { keepWindowState, readWindowState } from './window-state';

export interface WindowOptions {
  readonly preload: string;
  readonly statePath: string;
  readonly icon: string;
}

const START_PAGE = 'slipway://app/index.html';

export function openStudioWindow({ preload, statePath, icon }: WindowOptions): BrowserWindow {
  const state = readWindowState(statePath);
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    ...state.bounds,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Slipway',
    icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1216' : '#f4f6f8',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (state.isMaximized) window.maximize();
  keepWindowState(window, statePath);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(START_PAGE);
  return window;
}

/** Links open in the browser of the system; nothing navigates, nothing is granted. */
export function lockDown(window: BrowserWindow): void {
  window.webContents.setWindowOpenHandler(({ url }) => {
    openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event, url) => {
    if (url !== window.webContents.getURL()) event.preventDefault();
  });
  window.webContents.on('will-attach-webview', (event) => event.preventDefault());
}

export function denyPermissions(): void {
  // The clipboard is the only thing the window asks for: “copy as curl”.
  const isGranted = (permission: string) => permission === 'clipboard-sanitized-write';
  session.defaultSession.setPermissionRequestHandler((_page, permission, grant) =>
    grant(isGranted(permission)),
  );
  session.defaultSession.setPermissionCheckHandler((_page, permission) => isGranted(permission));
}

export function openExternal(url: string): void {
  if (/^https?:\/\//.test(url)) void shell.openExternal(url);
}
