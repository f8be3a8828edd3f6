/** What the chosen target asks for, drawn from its own description: where, how large, with which environment. */
import { Autocomplete, NativeSelect, NumberInput, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { DeploySettings, OptionField, TargetDescription } from '../../shared/deploy';
import { readPairs, readReferences, writePairs } from '../../shared/deploy';
import { DraftField, setSettings } from './draft-field';

interface TargetSettingsProps {
  readonly settings: DeploySettings;
  readonly target: TargetDescription;
  readonly isDisabled: boolean;
}

export function TargetSettings({ settings, target, isDisabled }: TargetSettingsProps) {
  const heeds = new Set(target.heeds);
  const fields = target.options.filter(
    ({ modes }) => modes.length === 0 || modes.includes(settings.mode),
  );
  return (
    <>
      {fields.map((field) => (
        <OptionControl key={field.key} field={field} settings={settings} isDisabled={isDisabled} />
      ))}
      {heeds.has('replicas') && settings.mode === 'service' && (
        <NumberField
          label="Copies"
          testId="deploy-replicas"
          description="How many run side by side."
          value={settings.replicas}
          isDisabled={isDisabled}
          onSave={(replicas) => setSettings({ replicas: Math.max(1, Math.round(replicas ?? 1)) })}
        />
      )}
      {heeds.has('resources') && <SizeFields settings={settings} isDisabled={isDisabled} />}
      {heeds.has('environment') && (
        <DraftField
          label="Environment"
          testId="deploy-environment"
          description="NAME=value, one a line, in plain sight."
          isLong
          value={writePairs(settings.environment)}
          isDisabled={isDisabled}
          check={(text) => problemOf(readPairs(text))}
          onSave={(text) => setSettings({ environment: readPairs(text).pairs })}
        />
      )}
      {heeds.has('secrets') && (
        <DraftField
          label="Secrets"
          testId="deploy-secrets"
          description="NAME=env:VARIABLE, NAME=file:PATH or NAME=there:NAME/KEY, one a line. The value is read when it is deployed and kept nowhere here."
          isLong
          value={writePairs(settings.secrets)}
          isDisabled={isDisabled}
          check={(text) => problemOf(readReferences(text))}
          onSave={(text) => setSettings({ secrets: readReferences(text).pairs })}
        />
      )}
    </>
  );
}

const problemOf = ({ problem }: { problem: string | null }): string | null => problem;

function OptionControl(props: {
  field: OptionField;
  settings: DeploySettings;
  isDisabled: boolean;
}) {
  const { field, settings, isDisabled } = props;
  const { key, label, help, kind, choices } = field;
  const value = settings.options[key] ?? field.fallback;
  const save = (next: string | number | boolean) =>
    setSettings({ options: { ...settings.options, [key]: next } });
  const testId = `deploy-option-${key}`;
  switch (kind) {
    case 'switch':
      return (
        <Switch
          size="xs"
          label={label}
          description={help}
          data-testid={testId}
          disabled={isDisabled}
          checked={value === true}
          onChange={(event) => save(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          size="xs"
          label={label}
          description={help}
          data-testid={testId}
          disabled={isDisabled}
          value={String(value)}
          data={[...new Set([...choices, String(value)])]}
          onChange={(event) => save(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <NumberField
          label={label}
          testId={testId}
          description={help}
          value={Number(value)}
          isDisabled={isDisabled}
          onSave={(next) => save(next ?? field.fallback)}
        />
      );
    case 'text':
      return choices.length === 0 ? (
        <DraftField
          label={label}
          testId={testId}
          description={help}
          value={String(value)}
          isDisabled={isDisabled}
          onSave={save}
        />
      ) : (
        <OfferedField field={field} value={String(value)} isDisabled={isDisabled} onSave={save} />
      );
  }
}

/** A text with what is known offered: contexts, profiles, regions. */
function OfferedField(props: {
  field: OptionField;
  value: string;
  isDisabled: boolean;
  onSave: (text: string) => void;
}) {
  const { field, value, onSave } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <Autocomplete
      size="xs"
      label={field.label}
      description={field.help}
      data-testid={`deploy-option-${field.key}`}
      disabled={props.isDisabled}
      data={[...field.choices]}
      value={text}
      onChange={setText}
      onOptionSubmit={onSave}
      onBlur={() => {
        if (text !== value) onSave(text);
      }}
    />
  );
}

function SizeFields({ settings, isDisabled }: { settings: DeploySettings; isDisabled: boolean }) {
  const { resources } = settings;
  const save = (change: { vcpu?: number | null; memoryGib?: number | null }) => {
    const vcpu = change.vcpu === undefined ? resources?.vcpu : change.vcpu;
    const memoryGib = change.memoryGib === undefined ? resources?.memoryGib : change.memoryGib;
    // Half a size is none: the other half takes a value that fits most.
    setSettings({
      resources:
        vcpu == null && memoryGib == null ? null : { vcpu: vcpu ?? 1, memoryGib: memoryGib ?? 2 },
    });
  };
  return (
    <>
      <NumberField
        label="Cores"
        testId="deploy-vcpu"
        description="At most. Empty takes what the estimate found to fit."
        value={resources?.vcpu ?? null}
        isDisabled={isDisabled}
        onSave={(vcpu) => save({ vcpu })}
      />
      <NumberField
        label="Memory, GiB"
        testId="deploy-memory"
        description="At most. Empty takes what the estimate found to fit."
        value={resources?.memoryGib ?? null}
        isDisabled={isDisabled}
        onSave={(memoryGib) => save({ memoryGib })}
      />
    </>
  );
}

function NumberField(props: {
  label: string;
  testId: string;
  description: string;
  value: number | null;
  isDisabled: boolean;
  onSave: (value: number | null) => void;
}) {
  const [value, setValue] = useState<number | ''>(props.value ?? '');
  useEffect(() => setValue(props.value ?? ''), [props.value]);
  const save = () => {
    const next = value === '' ? null : value;
    if (next !== props.value) props.onSave(next);
  };
  return (
    <NumberInput
      size="xs"
      label={props.label}
      description={props.description}
      data-testid={props.testId}
      disabled={props.isDisabled}
      hideControls
      min={0}
      value={value}
      onChange={(next) => setValue(next === '' ? '' : Number(next))}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}
