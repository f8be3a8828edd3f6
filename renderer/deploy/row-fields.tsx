/** One row of a request as fields, each keeping the kind of value it has in the example. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import styles from './deploy.module.css';
import { type Row, readField, type Scalar } from './sample-row';

export function RowFields({ row, onChange }: { row: Row; onChange: (row: Row) => void }) {
  return (
    <div className={styles.fields} data-testid="try-it-fields">
      {Object.entries(row).map(([name, value]) => (
        <RowField
          key={name}
          name={name}
          value={value}
          onChange={(next) => onChange({ ...row, [name]: next })}
        />
      ))}
    </div>
  );
}

interface RowFieldProps {
  readonly name: string;
  readonly value: Scalar;
  readonly onChange: (value: Scalar) => void;
}

function RowField({ name, value, onChange }: RowFieldProps) {
  // The kind the example had, kept while something else is being typed.
  const [example] = useState(value);
  const [text, setText] = useState(value === null ? '' : String(value));
  if (typeof example === 'boolean') {
    return (
      <NativeSelect
        label={name}
        size="xs"
        value={String(value)}
        data={['true', 'false']}
        onChange={(event) => onChange(event.currentTarget.value === 'true')}
      />
    );
  }
  const isText = typeof readField(example, text) === 'string';
  return (
    <TextInput
      label={name}
      size="xs"
      value={text}
      error={typeof example === 'number' && isText ? 'A number was expected.' : null}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(readField(example, event.currentTarget.value));
      }}
    />
  );
}
