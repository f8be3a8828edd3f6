/** The field of one assumption. A number has a slider too; it is sent when the person lets go or leaves the field. */
import { NativeSelect, NumberInput, Slider, Switch, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Assumption, AssumptionValue } from '../../shared/estimate';
import styles from './estimate.module.css';
import { fromSlider, type NumberRange, SLIDER_LENGTH, toSlider } from './slider-scale';

export interface AssumptionControlProps {
  readonly assumption: Assumption;
  readonly onChange: (value: AssumptionValue) => void;
}

export function AssumptionControl({ assumption, onChange }: AssumptionControlProps) {
  const { control, label, value } = assumption;
  switch (control.kind) {
    case 'number':
      return <NumberControl assumption={assumption} range={control} onChange={onChange} />;
    case 'choice':
      return (
        <NativeSelect
          size="xs"
          aria-label={label}
          data={control.choices}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'switch':
      return (
        <Switch
          size="xs"
          aria-label={label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'text':
      return (
        <TextControl
          assumption={assumption}
          placeholder={control.placeholder}
          onChange={onChange}
        />
      );
  }
}

function NumberControl(props: AssumptionControlProps & { range: NumberRange }) {
  const { assumption, range, onChange } = props;
  const [value, setValue] = useDraft(Number(assumption.value));
  const commit = (next: number) => {
    setValue(next);
    if (next !== assumption.value) onChange(next);
  };
  return (
    <div className={styles.number}>
      <Slider
        size={4}
        label={null}
        thumbLabel={assumption.label}
        max={SLIDER_LENGTH}
        value={toSlider(range, value)}
        onChange={(position) => setValue(fromSlider(range, position))}
        onChangeEnd={(position) => commit(fromSlider(range, position))}
      />
      <NumberInput
        size="xs"
        hideControls
        aria-label={
          assumption.unit === '' ? assumption.label : `${assumption.label}, ${assumption.unit}`
        }
        min={range.min}
        max={range.max}
        rightSection={<span className={styles.unit}>{assumption.unit}</span>}
        rightSectionWidth={`${Math.max(2, assumption.unit.length * 0.6 + 1)}em`}
        value={value}
        onChange={(next) => setValue(Number(next))}
        onBlur={() => commit(value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(value);
        }}
      />
    </div>
  );
}

function TextControl(props: AssumptionControlProps & { placeholder: string }) {
  const { assumption, onChange } = props;
  const [text, setText] = useDraft(String(assumption.value));
  const commit = () => {
    if (text !== assumption.value) onChange(text);
  };
  return (
    <TextInput
      size="xs"
      aria-label={assumption.label}
      placeholder={props.placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

/** What is being typed; the host's value takes its place whenever that changes. */
function useDraft<T>(value: T): readonly [T, (next: T) => void] {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return [draft, setDraft];
}
