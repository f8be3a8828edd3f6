/** A field of the settings that is saved when it is left; a change drops the plan made before. */
import { Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { DeploySettings } from '../../shared/deploy';
import { callOrNotify } from '../ui';

export function setSettings(change: Partial<DeploySettings>): void {
  void callOrNotify((studio) => studio.deploy.setSettings(change));
}

export interface DraftFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isDisabled: boolean;
  readonly testId?: string;
  readonly description?: string;
  readonly placeholder?: string;
  /** A sentence when what stands there cannot be used. */
  readonly check?: (text: string) => string | null;
  /** Several lines; Enter makes a new one. */
  readonly isLong?: boolean;
  readonly onSave: (text: string) => void;
}

/** Saved when it is left or Enter is pressed, if it can be used. */
export function DraftField(props: DraftFieldProps) {
  const { value, check, onSave } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const problem = check?.(text) ?? null;
  const save = () => {
    if (problem === null && text !== value) onSave(text);
  };
  const shared = {
    size: 'xs',
    label: props.label,
    description: props.description,
    placeholder: props.placeholder,
    'data-testid': props.testId,
    disabled: props.isDisabled,
    value: text,
    error: problem,
    onBlur: save,
  };
  if (props.isLong) {
    return (
      <Textarea
        {...shared}
        autosize
        minRows={1}
        maxRows={6}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}
