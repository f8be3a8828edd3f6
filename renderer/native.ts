/** What only Electron can do, handed over by the preload. In a plain browser (tests, preview) it is absent. */
import type { Settings } from '../shared/project';

export interface SlipwayNative {
  readonly platform: string;
  /** The page is listening: its port may come. */
  ready(): void;
  onMenuCommand(listener: (commandId: string) => void): () => void;
  showOpenDialog(): Promise<string | null>;
  showSaveDialog(defaultPath: string): Promise<string | null>;
  openExternal(url: string): void;
  setTheme(theme: Settings['theme']): void;
  onOpenFile(listener: (path: string) => void): () => void;
  pathForFile(file: File): string;
}

declare global {
  interface Window {
    readonly slipwayNative?: SlipwayNative;
  }
}

export function native(): SlipwayNative | null {
  return window.slipwayNative ?? null;
}
