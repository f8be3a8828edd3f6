/** The bridge: a port to the studio host for the page, and the few things only the main process can do. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

ipcRenderer.on('slipway-port', (event) => {
  window.postMessage({ type: 'slipway-port' }, '*', [...event.ports]);
});
ipcRenderer.on('slipway-host-gone', () => {
  window.postMessage({ type: 'slipway-host-gone' }, '*');
});

const listen = (channel: string, listener: (value: string) => void) => {
  const forward = (_event: unknown, value: string) => listener(value);
  ipcRenderer.on(channel, forward);
  return () => ipcRenderer.removeListener(channel, forward);
};

contextBridge.exposeInMainWorld('slipwayNative', {
  platform: process.platform,
  /** The page listens: from here on it can be given its port. */
  ready: () => ipcRenderer.send('slipway-ready'),
  onMenuCommand: (listener: (id: string) => void) => listen('slipway-command', listener),
  onOpenFile: (listener: (path: string) => void) => listen('slipway-open-file', listener),
  showOpenDialog: () => ipcRenderer.invoke('native:open-dialog'),
  showSaveDialog: (defaultPath: string) => ipcRenderer.invoke('native:save-dialog', defaultPath),
  openExternal: (url: string) => ipcRenderer.invoke('native:open-external', url),
  setTheme: (theme: string) => ipcRenderer.invoke('native:set-theme', theme),
  // The old stand-in engine has no webUtils; there a dropped file carries its path itself.
  pathForFile: (file: File) =>
    webUtils ? webUtils.getPathForFile(file) : ((file as File & { path?: string }).path ?? ''),
});
