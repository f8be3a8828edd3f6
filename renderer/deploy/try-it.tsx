/** A form for `/predict`: prefilled with the service's own example, as fields where it is one row, else as JSON. */
import { Button, Loader, SegmentedControl, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatDuration } from '../../shared/base/units';
import type { Prediction, ServiceForm } from '../../shared/operate';
import { ErrorNotice, Pill, useCall } from '../ui';
import styles from './deploy.module.css';
import { RowFields } from './row-fields';
import { findRow, prettyJson, type Row, replaceRow } from './sample-row';

export function TryIt({ deploymentId }: { deploymentId: string }) {
  const [form, setForm] = useState<ServiceForm | null>(null);
  const load = useCall((studio) => studio.operate.serviceForm({ id: deploymentId }));
  const read = async () => {
    const result = await load.run();
    if (result.ok) setForm(result.value);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each deployment.
  useEffect(() => {
    setForm(null);
    void read();
  }, [deploymentId]);
  return (
    <section aria-label="Try it" className={styles.tryIt} data-testid="try-it">
      <h3>Try it</h3>
      {load.error !== null && (
        <ErrorNotice
          error={load.error}
          tone="warn"
          actions={
            <Button variant="default" onClick={() => void read()}>
              Try again
            </Button>
          }
        />
      )}
      {form === null && load.isPending && (
        <span className={styles.withCopy}>
          <Loader size={14} /> <span className="dim">Asking the service for its form…</span>
        </span>
      )}
      {form !== null && (
        <PredictForm key={deploymentId} deploymentId={deploymentId} example={form.example} />
      )}
    </section>
  );
}

type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

function parseBody(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false };
  }
}

function PredictForm({ deploymentId, example }: { deploymentId: string; example: unknown }) {
  const [text, setText] = useState(() => prettyJson(example));
  const [wanted, setWanted] = useState<'fields' | 'json'>('fields');
  const [answer, setAnswer] = useState<Prediction | null>(null);
  const predict = useCall((studio, body: unknown) =>
    studio.operate.predict({ id: deploymentId, body }),
  );
  const body = parseBody(text);
  const found = body.ok ? findRow(body.value) : null;
  const view = found === null ? 'json' : wanted;
  const changeRow = (row: Row) => {
    if (body.ok && found !== null) setText(prettyJson(replaceRow(body.value, found, row)));
  };
  const send = async () => {
    if (!body.ok) return;
    const result = await predict.run(body.value);
    setAnswer(result.ok ? result.value : null);
  };
  return (
    <form
      className={styles.tryIt}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <SegmentedControl
        size="xs"
        className={styles.start}
        aria-label="Fill it in as"
        value={view}
        data={[
          { value: 'fields', label: 'Fields', disabled: found === null },
          { value: 'json', label: 'JSON' },
        ]}
        onChange={setWanted}
      />
      {view === 'fields' && found !== null ? (
        <RowFields row={found.row} onChange={changeRow} />
      ) : (
        <Textarea
          aria-label="Request as JSON"
          data-testid="try-it-json"
          classNames={{ input: styles.json ?? '' }}
          autosize
          minRows={3}
          maxRows={14}
          value={text}
          error={body.ok ? null : 'This is not valid JSON yet.'}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <Button
        type="submit"
        className={styles.start}
        data-testid="try-it-send"
        disabled={!body.ok}
        loading={predict.isPending}
      >
        Predict
      </Button>
      {predict.error !== null && <ErrorNotice error={predict.error} />}
      {answer !== null && <Answer answer={answer} />}
    </form>
  );
}

function Answer({ answer }: { answer: Prediction }) {
  const isFine = answer.status < 400;
  return (
    <output className={styles.answer} data-testid="try-it-answer" data-status={answer.status}>
      <span className={styles.withCopy}>
        <Pill tone={isFine ? 'ok' : 'bad'}>
          {isFine ? '✓' : '✗'} {answer.status}
        </Pill>
        <span className="dim">{formatDuration(answer.ms)}</span>
      </span>
      <pre>{prettyJson(answer.body)}</pre>
    </output>
  );
}
