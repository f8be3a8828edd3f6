/** Choose a literal of a cell and name the parameter it becomes. */
import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { CellView } from '../../shared/notebook';
import { pythonNameSchema } from '../../shared/pipeline';
import { ErrorNotice, useCall, useNotebookPath } from '../ui';
import { findLiterals, type Literal, suggestName } from './literals';
import styles from './pipeline.module.css';

export function PromoteDialog(props: { cell: CellView; number: number; onClose: () => void }) {
  const { cell, number, onClose } = props;
  const literals = useMemo(() => findLiterals(cell.source), [cell.source]);
  return (
    <Modal opened title={`A parameter from cell ${number}`} onClose={onClose} centered size="lg">
      {literals.length === 0 ? (
        <p>This cell has no number, text or truth value that could become a parameter.</p>
      ) : (
        <PromoteForm cell={cell} literals={literals} onClose={onClose} />
      )}
    </Modal>
  );
}

function PromoteForm(props: { cell: CellView; literals: readonly Literal[]; onClose: () => void }) {
  const { cell, literals, onClose } = props;
  const path = useNotebookPath() ?? '';
  const [index, setIndex] = useState(0);
  const literal = literals[index] ?? literals[0];
  const [name, setName] = useState<string | null>(null);
  const shownName = name ?? (literal === undefined ? '' : suggestName(cell.source, literal));
  const isNamed = pythonNameSchema.safeParse(shownName).success;
  const promote = useCall((studio, { start, end }: Literal) =>
    studio.pipeline.promoteLiteral({ path, name: shownName, cellId: cell.id, start, end }),
  );
  const submit = async () => {
    if (literal === undefined || !isNamed) return;
    const result = await promote.run(literal);
    if (result.ok) onClose();
  };
  return (
    <form
      className={styles.stack}
      data-testid="promote"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Radio.Group
        label="Literal"
        value={String(index)}
        onChange={(value) => {
          setIndex(Number(value));
          setName(null);
        }}
      >
        <div className={styles.literals}>
          {literals.map((one, at) => (
            <Radio
              key={one.start}
              value={String(at)}
              label={<code>{one.text}</code>}
              description={`line ${one.line}: ${one.context}`}
            />
          ))}
        </div>
      </Radio.Group>
      <TextInput
        label="Name of the parameter"
        data-testid="promote-name"
        value={shownName}
        error={
          shownName === '' || isNamed ? null : 'Letters, digits and underscores; no digit first.'
        }
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {promote.error !== null && <ErrorNotice error={promote.error} />}
      <Button
        type="submit"
        disabled={!isNamed}
        loading={promote.isPending}
        data-testid="promote-done"
      >
        Make it a parameter
      </Button>
    </form>
  );
}
