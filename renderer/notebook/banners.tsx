/** What a person must know before going on: the file changed elsewhere, edits were recovered, saving failed. */
import { Button } from '@mantine/core';
import type { ConflictChoice, NotebookState } from '../../shared/notebook';
import { KernelNotice } from '../connect';
import { Ago, callOrNotify, ErrorNotice, Notice } from '../ui';
import { flushDraft } from './drafts';
import styles from './notebook.module.css';

export function Banners({ path, state }: { path: string; state: NotebookState }) {
  const { conflict, recovery, save, document } = state;
  return (
    <div className={styles.banners}>
      {conflict !== null && <ConflictBanner path={path} message={conflict.message} />}
      {recovery !== null && (
        <RecoveryBanner path={path} message={recovery.message} editedAt={recovery.editedAt} />
      )}
      {save.status === 'failed' && <ErrorNotice error={save.error} />}
      {document.isReadOnly && (
        <Notice tone="warn" testId="read-only">
          This file cannot be read as a notebook, so it is shown as text and cannot be changed here.
        </Notice>
      )}
      <KernelNotice />
    </div>
  );
}

function ConflictBanner({ path, message }: { path: string; message: string }) {
  const resolve = async (choice: ConflictChoice) => {
    await flushDraft(null);
    await callOrNotify((client) => client.notebook.resolveConflict({ path, choice }));
  };
  return (
    <Notice
      tone="warn"
      testId="conflict"
      actions={
        <>
          <Button onClick={() => void resolve('keep-mine')}>Keep mine</Button>
          <Button variant="default" onClick={() => void resolve('take-theirs')}>
            Take the file's version
          </Button>
          <Button variant="default" onClick={() => void resolve('save-copy')}>
            Save mine as a copy
          </Button>
        </>
      }
    >
      {message}
    </Notice>
  );
}

function RecoveryBanner(props: { path: string; message: string; editedAt: number }) {
  const { path, message, editedAt } = props;
  const resolve = (choice: 'keep' | 'discard') =>
    void callOrNotify((client) => client.notebook.resolveRecovery({ path, choice }));
  return (
    <Notice
      tone="info"
      testId="recovery"
      actions={
        <>
          <Button onClick={() => resolve('keep')}>Keep them</Button>
          <Button variant="default" onClick={() => resolve('discard')}>
            Go back to the saved file
          </Button>
        </>
      }
    >
      <div>{message}</div>
      <div className="dim">
        Last edit <Ago at={editedAt} />
      </div>
    </Notice>
  );
}
