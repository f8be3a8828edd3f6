/** How often a step is run again after a failure, and how long it may take. */
import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type Step, type StepChoice, stepChoiceSchema } from '../../shared/pipeline';
import styles from './pipeline.module.css';
import { configureStep } from './verbs';

type Field = keyof StepChoice;

const FIELDS: readonly { field: Field; label: string; none: string; title: string }[] = [
  {
    field: 'retries',
    label: 'Retries',
    none: '0, never again',
    title: 'How often it is run again after a failure (retries in slipway.yaml)',
  },
  {
    field: 'timeout_seconds',
    label: 'Time-out, seconds',
    none: 'none',
    title: 'Then it is ended with all it started (timeout_seconds in slipway.yaml)',
  },
];

export function HowToRun({ step }: { step: Step }) {
  const choice: StepChoice = {
    ...(step.retries === undefined ? {} : { retries: step.retries }),
    ...(step.timeoutSeconds === undefined ? {} : { timeout_seconds: step.timeoutSeconds }),
  };
  return (
    <div className={styles.how}>
      {FIELDS.map((about) => (
        <ChoiceField key={about.field} {...about} step={step} choice={choice} />
      ))}
    </div>
  );
}

interface ChoiceFieldProps {
  readonly step: Step;
  readonly choice: StepChoice;
  readonly field: Field;
  readonly label: string;
  readonly none: string;
  readonly title: string;
}

function ChoiceField({ step, choice, field, label, none, title }: ChoiceFieldProps) {
  const shown = String(choice[field] ?? '');
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const { [field]: _before, ...others } = choice;
  const isEmpty = text.trim() === '';
  const read = stepChoiceSchema.safeParse(isEmpty ? others : { ...others, [field]: Number(text) });
  const save = () => {
    if (read.success && text.trim() !== shown) configureStep(step.id, read.data);
  };
  return (
    <TextInput
      size="xs"
      label={label}
      title={title}
      placeholder={none}
      inputMode="numeric"
      data-testid={`step-${field}`}
      value={text}
      error={read.success ? null : sentence(read.error.issues[0]?.message, text)}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') setText(shown);
      }}
    />
  );
}

const sentence = (message: string | undefined, text: string): string =>
  Number.isNaN(Number(text)) ? `“${text}” is no number.` : (message ?? 'This cannot be used.');
