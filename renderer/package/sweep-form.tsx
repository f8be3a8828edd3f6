/** Values to try for each parameter: checked as they are typed, counted before anything runs. */
import { Button, MultiSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import {
  MOST_POINTS,
  readPlan,
  type SweepAxis,
  type SweepPlan,
  type SweepReading,
} from '../../shared/package';
import type { Parameter, Pipeline } from '../../shared/pipeline';
import { Section } from '../ui';
import styles from './sweep.module.css';
import { pointWords, valuesExample } from './sweep-words';

/** For the command that opens the form. */
export const SWEEP_FORM = 'sweep-form';

export interface SweepFormProps {
  readonly pipeline: Pipeline;
  readonly plan: SweepPlan;
  readonly onChange: (change: Partial<SweepPlan>) => void;
  readonly onStart: (plan: SweepPlan) => void;
  readonly isBusy: boolean;
}

export function SweepForm({ pipeline, plan, onChange, onStart, isBusy }: SweepFormProps) {
  const { parameters } = pipeline;
  const known = { ...plan, values: ofThese(plan.values, parameters) };
  const reading = readPlan(known, parameters);
  return (
    <Section title="Values to try">
      <form
        id={SWEEP_FORM}
        data-testid="sweep-form"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (reading.problem === null && !isBusy) onStart(known);
        }}
      >
        {parameters.length === 0 && (
          <p className={styles.hint}>
            The notebook has no parameters yet. In the pipeline a literal becomes one.
          </p>
        )}
        {parameters.map((parameter) => (
          <ValuesField
            key={parameter.name}
            parameter={parameter}
            text={plan.values[parameter.name] ?? ''}
            axis={reading.axes[parameter.name]}
            onChange={(text) => onChange({ values: { ...plan.values, [parameter.name]: text } })}
          />
        ))}
        <HowToRun pipeline={pipeline} plan={plan} onChange={onChange} />
        <Start reading={reading} plan={known} isBusy={isBusy} />
      </form>
    </Section>
  );
}

/** A parameter that is gone from the notebook is no value's any more. */
function ofThese(values: SweepPlan['values'], parameters: readonly Parameter[]) {
  const names = new Set(parameters.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

interface ValuesFieldProps {
  readonly parameter: Parameter;
  readonly text: string;
  readonly axis: SweepReading['axes'][string] | undefined;
  readonly onChange: (text: string) => void;
}

function ValuesField({ parameter, text, axis, onChange }: ValuesFieldProps) {
  const { name, type, doc, defaultSource } = parameter;
  if (type === 'secret') {
    return (
      <p className={styles.hint}>
        <code>{name}</code> is a secret: it comes from the environment and cannot be swept.
      </p>
    );
  }
  return (
    <TextInput
      size="xs"
      data-testid={`sweep-values-${name}`}
      classNames={{
        input: styles.code ?? '',
        label: styles.label ?? '',
        description: styles.said ?? '',
        error: styles.said ?? '',
      }}
      label={
        <>
          <code title={doc}>{name}</code>
          <span className="dim">{type}</span>
        </>
      }
      placeholder={`${defaultSource}, as it is`}
      description={axis?.ok ? understood(axis.value) : `for example ${valuesExample(parameter)}`}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={axis && !axis.ok ? axis.error.message : null}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const SHOWN = 6;

function understood({ values }: SweepAxis): string {
  const shown = values.slice(0, SHOWN).join(', ');
  const rest = values.length > SHOWN ? ', …' : '';
  return `${values.length} ${values.length === 1 ? 'value' : 'values'}: ${shown}${rest}`;
}

function HowToRun({
  pipeline,
  plan,
  onChange,
}: Pick<SweepFormProps, 'pipeline' | 'plan' | 'onChange'>) {
  const outputs = pipeline.steps.flatMap(({ id, outputs: names }) =>
    names.map((name) => `${id}.${name}`),
  );
  return (
    <>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="How the values meet"
        data={[
          { value: 'grid', label: 'Every combination' },
          { value: 'rows', label: 'Row by row' },
        ]}
        value={plan.arrangement}
        onChange={(value) => onChange({ arrangement: value === 'rows' ? 'rows' : 'grid' })}
      />
      <MultiSelect
        size="xs"
        label="Results"
        data-testid="sweep-metrics"
        placeholder={plan.metrics.length === 0 ? 'numbers of the last step' : ''}
        data={outputs}
        value={plan.metrics.filter((name) => outputs.includes(name))}
        onChange={(metrics) => onChange({ metrics })}
        searchable
        clearable
      />
      <NumberInput
        size="xs"
        label="Side by side"
        data-testid="sweep-jobs"
        min={1}
        max={64}
        allowDecimal={false}
        value={plan.jobs}
        onChange={(value) => onChange({ jobs: Math.min(64, Math.max(1, Number(value) || 1)) })}
      />
    </>
  );
}

function Start({
  reading,
  plan,
  isBusy,
}: {
  reading: SweepReading;
  plan: SweepPlan;
  isBusy: boolean;
}) {
  const { points, problem, axes } = reading;
  const saidAtField = Object.values(axes).some((axis) => !axis.ok);
  return (
    <>
      <div className={styles.hint} data-testid="sweep-count" aria-live="polite">
        {problem === null
          ? `${pointWords(plan.arrangement, axes, points)}. At most ${MOST_POINTS}.`
          : !saidAtField && problem}
      </div>
      <Button type="submit" disabled={problem !== null || isBusy} data-testid="sweep-start">
        {points > 0 ? `Run ${points} ${points === 1 ? 'point' : 'points'}` : 'Run the sweep'}
      </Button>
    </>
  );
}
