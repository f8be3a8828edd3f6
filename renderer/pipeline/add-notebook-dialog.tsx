/** Choose a notebook beside the open one; it becomes a step of the pipeline. */
import { Button, Modal, Radio } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ErrorNotice, useCall, useNotebookPath } from '../ui';
import styles from './pipeline.module.css';

export function AddNotebookDialog({ onClose }: { onClose: () => void }) {
  const path = useNotebookPath() ?? '';
  const [names, setNames] = useState<readonly string[] | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useCall((studio) => studio.pipeline.listNotebooks({ path }));
  const add = useCall((studio, notebook: string) =>
    studio.pipeline.addNotebook({ path, notebook }),
  );
  const look = list.run;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    void look().then((result) => {
      if (!result.ok) return;
      setNames(result.value);
      setChosen(result.value[0] ?? null);
    });
  }, [look]);
  // The list comes after the dialog: what is chosen has the focus then, and Enter adds it.
  useEffect(() => {
    if (names !== null) form.current?.querySelector('input')?.focus();
  }, [names]);
  const submit = async () => {
    if (chosen !== null && (await add.run(chosen)).ok) onClose();
  };
  const error = list.error ?? add.error;
  return (
    <Modal opened title="Add a notebook to the pipeline" onClose={onClose} centered>
      <form
        ref={form}
        className={styles.stack}
        data-testid="add-notebook"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>
          It runs whole, in a kernel of its own, before or after this one, as the files that they
          hand on decide.
        </p>
        {names?.length === 0 && (
          <p>No other notebook lies beside this one. Put it into the same folder.</p>
        )}
        <Radio.Group label="Beside this notebook" value={chosen} onChange={setChosen}>
          <div className={styles.literals}>
            {names?.map((name) => (
              <Radio key={name} value={name} label={name} />
            ))}
          </div>
        </Radio.Group>
        {error !== null && <ErrorNotice error={error} />}
        <Button
          type="submit"
          disabled={chosen === null}
          loading={add.isPending}
          data-testid="add-notebook-done"
        >
          Add it
        </Button>
      </form>
    </Modal>
  );
}
