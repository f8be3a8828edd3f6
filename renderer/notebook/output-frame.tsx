/** HTML and script of outputs, in a sandboxed frame of another origin that can reach nothing. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { native } from '../native';
import styles from './notebook.module.css';

export type FrameContent =
  | { readonly type: 'html'; readonly html: string }
  | { readonly type: 'script'; readonly script: string };

/** Our own scheme gives the frame an origin of its own; in a plain browser the sandbox alone must do. */
const FRAME_URL =
  location.protocol === 'slipway:'
    ? 'slipway-output://frame/index.html'
    : './output-frame/index.html';

const VARIABLES = ['--text', '--dim', '--line', '--accent', '--surface-3'];
const MOST_HEIGHT = 20_000;

interface FrameMessage {
  readonly source: 'slipway-output';
  readonly type: 'ready' | 'height' | 'open';
  readonly height?: unknown;
  readonly url?: unknown;
}

export function OutputFrame({ content }: { content: FrameContent }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(24);
  const [readyCount, setReadyCount] = useState(0);
  const scheme = useComputedColorScheme('dark');

  // A layout effect: the frame may speak before other effects have run, and says that it is ready only once.
  useLayoutEffect(() => {
    const onMessage = ({ source, data }: MessageEvent<unknown>) => {
      if (source !== frame.current?.contentWindow || !isFrameMessage(data)) return;
      if (data.type === 'ready') setReadyCount((count) => count + 1);
      if (data.type === 'height' && typeof data.height === 'number') {
        setHeight(Math.min(Math.max(data.height, 1), MOST_HEIGHT));
      }
      if (data.type === 'open') openFromFrame(data.url);
    };
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  }, []);

  useEffect(() => {
    if (readyCount === 0) return;
    const computed = getComputedStyle(document.documentElement);
    const variables = Object.fromEntries(
      VARIABLES.map((name) => [name, computed.getPropertyValue(name).trim()]),
    );
    frame.current?.contentWindow?.postMessage({ type: 'theme', scheme, variables }, '*');
  }, [readyCount, scheme]);

  useEffect(() => {
    if (readyCount > 0) frame.current?.contentWindow?.postMessage(content, '*');
  }, [readyCount, content]);

  return (
    <iframe
      ref={frame}
      className={styles.frame}
      style={{ height, colorScheme: scheme }}
      sandbox="allow-scripts"
      src={FRAME_URL}
      title="Output"
      data-testid="output-frame"
    />
  );
}

function isFrameMessage(data: unknown): data is FrameMessage {
  return (
    typeof data === 'object' &&
    data !== null &&
    'source' in data &&
    data.source === 'slipway-output'
  );
}

/** Only after a click of the person: a script must not send what it knows away in an address. */
function openFromFrame(url: unknown): void {
  const isClicked = navigator.userActivation?.isActive === true;
  if (isClicked && typeof url === 'string' && /^https?:/.test(url)) native()?.openExternal(url);
}
