/** One MIME value by Jupyter's renderer for it. */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { useEffect, useRef } from 'react';
import styles from './notebook.module.css';
import { openLink, rendermime } from './rendermime';

export interface RenderedProps {
  readonly mimeType: string;
  readonly data: unknown;
  readonly metadata?: unknown;
}

export function Rendered({ mimeType, data, metadata }: RenderedProps) {
  const box = useRef<HTMLDivElement>(null);
  const renderer = useRef<IRenderMime.IRenderer | null>(null);

  useEffect(() => {
    const created = rendermime.createRenderer(mimeType);
    renderer.current = created;
    box.current?.replaceChildren(created.node);
    return () => {
      renderer.current = null;
      created.dispose();
    };
  }, [mimeType]);

  useEffect(() => {
    const model = rendermime.createModel({
      data: { [mimeType]: data } as IRenderMime.IMimeModel['data'],
      metadata: { [mimeType]: metadata ?? {} } as IRenderMime.IMimeModel['data'],
      trusted: false,
    });
    void show(renderer.current, model, mimeType);
  }, [mimeType, data, metadata]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only links inside are acted on, by mouse and by Enter alike.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click.
    <div ref={box} className={`jp-ThemedContainer ${styles.rendered}`} onClick={openLink} />
  );
}

const WITH_MATH = ['text/markdown', 'text/latex'];

/** Jupyter's widgets typeset only when Lumino attached them; ours stand in React's tree, so it is done here. */
async function show(
  renderer: IRenderMime.IRenderer | null,
  model: IRenderMime.IMimeModel,
  mimeType: string,
): Promise<void> {
  if (renderer === null) return;
  try {
    await renderer.renderModel(model);
    if (WITH_MATH.includes(mimeType)) await rendermime.latexTypesetter?.typeset(renderer.node);
  } catch (thrown) {
    renderer.node.textContent = `This output cannot be shown: ${String(thrown)}`;
  }
}
