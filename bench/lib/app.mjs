/** Starts the studio, or a bare Electron window beside it, for a measurement. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron as electron } from '@playwright/test';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export async function launch(folder, args = [], env = {}) {
  return electron.launch({
    executablePath: process.env.SLIPWAY_ELECTRON,
    args: [folder, ...sandbox, ...args],
    env: { ...process.env, ...env },
  });
}

export function freshFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `slipway-bench-${name}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The least an Electron app can be: one window with one word in it. */
export function bareApp(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"bare","main":"main.js"}');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><p id="word">ready</p>');
  writeFileSync(
    join(folder, 'main.js'),
    "const { app, BrowserWindow } = require('electron'); app.whenReady().then(() => new BrowserWindow().loadFile(__dirname + '/index.html'));",
  );
  return folder;
}
