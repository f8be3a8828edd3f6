/** The outputs of a cell, each by the safest rendering that shows it well. */
import { Button, Loader } from '@mantine/core';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { CellId } from '../../shared/base/ids';
import { formatBytes } from '../../shared/base/units';
import type { MimeBundle, Output, OutputReference, OutputView } from '../../shared/notebook';
import { studio } from '../studio';
import { ErrorNotice } from '../ui';
import { notFound } from './not-found';
import styles from './notebook.module.css';
import { OutputFrame } from './output-frame';
import { Rendered } from './rendered';
import { openState } from './session';

export const CellOutputs = memo(function CellOutputs(props: {
  cellId: CellId;
  outputs: readonly OutputView[];
  label: string;
}) {
  const { cellId, outputs, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const { isTall, isExpanded, toggle } = useCollapse(box, outputs);
  return (
    <section aria-label={label} data-testid="cell-outputs">
      <div
        ref={box}
        className={styles.outputs}
        data-collapsed={(isTall && !isExpanded) || undefined}
      >
        <div>
          {outputs.map((output, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an output is known by its place in the cell.
            <OneOutput key={index} cellId={cellId} index={index} output={output} />
          ))}
        </div>
      </div>
      {isTall && (
        <Button variant="subtle" color="gray" ml={12} aria-expanded={isExpanded} onClick={toggle}>
          {isExpanded ? 'Show less' : 'Show all of the output'}
        </Button>
      )}
    </section>
  );
});

const SCREEN = 0.7;

/** Beyond a screen an output collapses by itself; what the person chose after that stays. */
function useCollapse(box: React.RefObject<HTMLDivElement | null>, outputs: readonly OutputView[]) {
  const [isTall, setTall] = useState(false);
  const [isExpanded, setExpanded] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: outputs that come or go are measured anew.
  useEffect(() => {
    const content = box.current?.firstElementChild;
    if (content === null || content === undefined) return;
    const observer = new ResizeObserver(() =>
      setTall(content.getBoundingClientRect().height > window.innerHeight * SCREEN),
    );
    observer.observe(content);
    return () => observer.disconnect();
  }, [outputs.length]);
  return { isTall, isExpanded, toggle: () => setExpanded(!isExpanded) };
}

function OneOutput(props: { cellId: CellId; index: number; output: OutputView }) {
  const { cellId, index, output } = props;
  if (output.output_type === 'reference') {
    return <ReferencedOutput cellId={cellId} index={index} reference={output} />;
  }
  return <WholeOutput output={output} />;
}

/** Large outputs stay in the host until their cell comes into view. */
function ReferencedOutput(props: { cellId: CellId; index: number; reference: OutputReference }) {
  const { cellId, index, reference } = props;
  const [answer, setAnswer] = useState<Awaited<ReturnType<typeof fetchOutput>> | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is fetched again.
  useEffect(() => {
    let isCurrent = true;
    void fetchOutput(cellId, index).then((value) => isCurrent && setAnswer(value));
    return () => {
      isCurrent = false;
    };
  }, [cellId, index, reference.version]);
  if (answer?.ok) return <WholeOutput output={answer.value} />;
  return (
    <div className={styles.output}>
      {answer === null ? (
        <span className="dim">
          <Loader size={11} /> Fetching {formatBytes(reference.bytes)}…
        </span>
      ) : (
        <ErrorNotice error={answer.error} />
      )}
      <pre className={styles.plainText}>{reference.preview}</pre>
    </div>
  );
}

async function fetchOutput(cellId: CellId, index: number) {
  const open = openState();
  if (open === null) return notFound();
  return studio().notebook.fetchOutput({ path: open.path, cellId, index });
}

function WholeOutput({ output }: { output: Output }) {
  switch (output.output_type) {
    case 'stream':
      return (
        <div className={styles.output} data-stream={output.name}>
          <Rendered mimeType="application/vnd.jupyter.stdout" data={output.text} />
        </div>
      );
    case 'error':
      return (
        <div className={styles.output} data-stream="error" role="alert">
          <Rendered
            mimeType="application/vnd.jupyter.stdout"
            data={output.traceback.join('\n') || `${output.ename}: ${output.evalue}`}
          />
        </div>
      );
    default:
      return (
        <div className={styles.output}>
          <Shown data={output.data} metadata={output.metadata} />
        </div>
      );
  }
}

const WIDGET = 'application/vnd.jupyter.widget-view+json';
/** The richest first; the ones in SANDBOXED run in the frame. */
const ORDER = [
  'text/html',
  'application/javascript',
  'text/javascript',
  'text/markdown',
  'image/svg+xml',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'text/latex',
  'application/json',
  'text/plain',
];

function Shown({ data, metadata }: { data: MimeBundle; metadata: Record<string, unknown> }) {
  const mimeType = ORDER.find((type) => type in data);
  const value = mimeType === undefined ? undefined : data[mimeType];
  const frame = useMemo(() => frameContent(mimeType, value), [mimeType, value]);
  if (WIDGET in data) {
    return (
      <Unshown
        what="An interactive widget. Slipway does not run widgets yet; as text:"
        data={data}
      />
    );
  }
  if (mimeType === undefined) {
    return (
      <Unshown
        what={`No renderer for ${Object.keys(data).join(', ') || 'this output'}.`}
        data={data}
      />
    );
  }
  if (frame !== null) return <OutputFrame content={frame} />;
  if (mimeType === 'image/svg+xml') return <SvgImage svg={String(value)} />;
  if (mimeType === 'application/json') {
    return <pre className={styles.plainText}>{JSON.stringify(value, null, 2)}</pre>;
  }
  return <Rendered mimeType={mimeType} data={value} metadata={metadata[mimeType]} />;
}

function frameContent(mimeType: string | undefined, value: unknown) {
  if (mimeType === 'text/html') return { type: 'html', html: String(value) } as const;
  const isScript = mimeType === 'application/javascript' || mimeType === 'text/javascript';
  return isScript ? ({ type: 'script', script: String(value) } as const) : null;
}

/** As a picture an SVG can run nothing and load nothing. */
function SvgImage({ svg }: { svg: string }) {
  const url = useMemo(() => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, [svg]);
  return <img className={styles.picture} src={url} alt="Plot" />;
}

function Unshown({ what, data }: { what: string; data: MimeBundle }) {
  const text = data['text/plain'];
  return (
    <div>
      <span className="dim">{what}</span>
      {typeof text === 'string' && <pre className={styles.plainText}>{text}</pre>}
    </div>
  );
}
