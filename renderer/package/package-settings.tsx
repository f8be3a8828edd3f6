/** The package's name and what it answers with as a service. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import {
  type PackageState,
  packageNameSchema,
  type ServeCandidate,
  type ServeChoice,
} from '../../shared/package';
import { callOrNotify, Section } from '../ui';
import styles from './package.module.css';

export function PackageSettings({
  state,
  isDisabled,
}: {
  state: PackageState;
  isDisabled: boolean;
}) {
  return (
    <Section title="The package">
      <div className={styles.stack}>
        {state.name !== null && <NameField name={state.name} isDisabled={isDisabled} />}
        <ServeField state={state} isDisabled={isDisabled} />
        {state.folder !== null && (
          <div className={styles.small}>
            {state.generated === null ? 'Will be written to' : 'Written to'}{' '}
            <code>{state.folder}</code>
          </div>
        )}
      </div>
    </Section>
  );
}

/** For the command that renames the package. */
export const NAME_FIELD = 'package-name-field';

function NameField({ name, isDisabled }: { name: string; isDisabled: boolean }) {
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const checked = packageNameSchema.safeParse(text);
  const save = () => {
    if (checked.success && text !== name) {
      void callOrNotify((studio) => studio.package.configure({ name: text }));
    }
  };
  return (
    <TextInput
      id={NAME_FIELD}
      size="xs"
      label="Name"
      data-testid="package-name"
      value={text}
      disabled={isDisabled}
      error={checked.success ? null : checked.error.issues[0]?.message}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}

const setServe = (serve: ServeChoice | null) =>
  void callOrNotify((studio) => studio.package.configure({ serve }));

const keyOf = ({ stepId, name }: Pick<ServeChoice, 'stepId' | 'name'>) => `${stepId} ${name}`;

function ServeField({ state, isDisabled }: { state: PackageState; isDisabled: boolean }) {
  const { serve, candidates, functions } = state;
  if (candidates.length === 0 && serve === null) {
    return (
      <div className={styles.small} data-testid="serve-none">
        {state.run?.state === 'succeeded'
          ? 'The run found nothing with a predict method, so this package is a job, not a service.'
          : 'What it can answer with as a service is known after the first run.'}
      </div>
    );
  }
  const known = serve !== null && !candidates.some((one) => keyOf(one) === keyOf(serve));
  return (
    <>
      <NativeSelect
        size="xs"
        label="Serves"
        description="What answers a request to /predict."
        data-testid="serve-model"
        disabled={isDisabled}
        value={serve === null ? '' : keyOf(serve)}
        data={[
          { value: '', label: 'Nothing: a job only' },
          ...(known ? [{ value: keyOf(serve), label: `${serve.name}, from ${serve.stepId}` }] : []),
          ...candidates.map((one) => ({ value: keyOf(one), label: candidateWords(one) })),
        ]}
        onChange={(event) => {
          const chosen = candidates.find((one) => keyOf(one) === event.currentTarget.value);
          setServe(
            chosen ? { stepId: chosen.stepId, name: chosen.name, functionName: null } : null,
          );
        }}
      />
      {serve !== null && (
        <NativeSelect
          size="xs"
          label="By"
          data-testid="serve-function"
          disabled={isDisabled}
          value={serve.functionName ?? ''}
          data={[
            { value: '', label: `${serve.name}.predict` },
            ...functions.map((name) => ({
              value: name,
              label: `${name}(…), a function of the notebook`,
            })),
          ]}
          onChange={(event) =>
            setServe({ ...serve, functionName: event.currentTarget.value || null })
          }
        />
      )}
    </>
  );
}

function candidateWords({ name, stepId, predictor, isSuggested }: ServeCandidate): string {
  return `${name} · ${predictor.className} of ${stepId}${isSuggested ? ', suggested' : ''}`;
}
