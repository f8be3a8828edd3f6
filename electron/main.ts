/** The main process: one window, one studio host, menus and dialogs. It holds no state of the product. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { app, type BrowserWindow, ipcMain, Menu } from 'electron';
import { slipwayHome } from './base/home';
import { type HostProcess, nodeCandidates, startHost } from './window/host-process';
import { studioMenu } from './window/menu';
import { serveNative } from './window/native';
import { registerSchemes, serveBundle } from './window/protocol';
import { Relay } from './window/relay';
import { denyPermissions, lockDown, openStudioWindow } from './window/studio-window';

/** A host that dies at once, again and again, is left dead: the window says so. */
const RESTART_LIMIT = 5;
const RESTART_WINDOW_MS = 60_000;

const home = slipwayHome();
const resources = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources');
/** Of this start of the app: a host started again opens what was open. */
const session = randomUUID();
const relay = new Relay();
let window: BrowserWindow | null = null;
let host: HostProcess | null = null;
let isQuitting = false;
let restarts: number[] = [];
let fileToOpen = notebookArgument(process.argv);

app.setName('Slipway');
app.setPath('userData', join(home, 'window'));
registerSchemes();

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, argv) => {
    focusWindow();
    openFile(notebookArgument(argv));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openFile(path);
  });
  app.on('activate', () => focusWindow());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', () => {
    isQuitting = true;
    host?.end();
  });
  void app.whenReady().then(start);
} else {
  app.quit();
}

function start(): void {
  denyPermissions();
  serveBundle(join(app.getAppPath(), 'dist', 'renderer'));
  serveNative(() => window);
  ipcMain.on('slipway-ready', (event) => {
    if (event.senderFrame !== window?.webContents.mainFrame) return;
    relay.connect(event.sender);
    openFile(fileToOpen);
  });
  Menu.setApplicationMenu(studioMenu((id) => window?.webContents.send('slipway-command', id)));
  launchHost();
  openWindow();
}

function launchHost(): void {
  host = startHost({
    script: join(app.getAppPath(), 'dist', 'host.mjs').replace('app.asar', 'app.asar.unpacked'),
    nodeCandidates: nodeCandidates(process.resourcesPath, app.getAppPath()),
    env: {
      ...process.env,
      // What V8 compiled of the host is kept for its next start.
      NODE_COMPILE_CACHE: join(home, 'compiled'),
      SLIPWAY_HOME: home,
      SLIPWAY_RESOURCES: resources,
      SLIPWAY_SESSION: session,
    },
  });
  relay.use(host);
  host.onExit(() => {
    if (isQuitting) return;
    relay.use(null);
    window?.webContents.send('slipway-host-gone');
    const now = Date.now();
    restarts = [...restarts.filter((time) => now - time < RESTART_WINDOW_MS), now];
    if (restarts.length > RESTART_LIMIT) return;
    launchHost();
    if (window) relay.connect(window.webContents);
  });
}

function openWindow(): void {
  window = openStudioWindow({
    preload: join(__dirname, 'preload.cjs'),
    statePath: join(home, 'window-state.json'),
    icon: join(resources, 'icons', 'icon.png'),
  });
  const page = window.webContents;
  lockDown(window);
  page.on('render-process-gone', (_event, details) => {
    // The host still holds the notebook and what runs; a fresh page shows it again.
    if (details.reason !== 'clean-exit') page.reload();
  });
  window.on('closed', () => {
    window = null;
  });
}

function focusWindow(): void {
  if (!window) {
    openWindow();
    return;
  }
  if (window.isMinimized()) window.restore();
  window.focus();
}

function openFile(path: string | null): void {
  fileToOpen = path;
  if (!path || !window) return;
  window.webContents.send('slipway-open-file', path);
  fileToOpen = null;
}

function notebookArgument(argv: readonly string[]): string | null {
  return argv.slice(1).find((argument) => argument.endsWith('.ipynb')) ?? null;
}
