/** Jupyter's renderers: ANSI text, LaTeX, Markdown, images. Whatever could run script goes to the sandboxed frame instead. */
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import '@jupyterlab/rendermime/style/base.css';
import 'katex/dist/katex.min.css';
import renderMathInElement from 'katex/contrib/auto-render';
import { marked } from 'marked';
import { native } from '../native';

const DELIMITERS = [
  { left: '$$', right: '$$', display: true },
  { left: '\\[', right: '\\]', display: true },
  { left: '\\(', right: '\\)', display: false },
  { left: '$', right: '$', display: false },
];

export const rendermime = new RenderMimeRegistry({
  initialFactories: standardRendererFactories,
  latexTypesetter: {
    typeset: (element) =>
      renderMathInElement(element, { delimiters: DELIMITERS, throwOnError: false }),
  },
  markdownParser: { render: async (source) => marked.parse(source, { gfm: true, async: true }) },
});

/** Links of outputs and text open in the browser of the system. */
export function openLink(event: { target: EventTarget | null; preventDefault(): void }): void {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (link === null) return;
  event.preventDefault();
  const url = link.getAttribute('href') ?? '';
  if (/^https?:/.test(url)) native()?.openExternal(url);
}
