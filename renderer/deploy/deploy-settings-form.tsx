/** What to call it, how it runs, and what it needs for that. A change drops the plan made before. */
import { NativeSelect, NumberInput } from '@mantine/core';
import { toString as cronInWords } from 'cronstrue';
import { useEffect, useState } from 'react';
import { deploymentIdSchema } from '../../shared/base/ids';
import type { DeploySettings, TargetDescription } from '../../shared/deploy';
import { type RunMode, runModeSchema } from '../../shared/estimate';
import { Section, useCellSteps } from '../ui';
import styles from './deploy.module.css';
import { DraftField, setSettings } from './draft-field';
import { TargetSettings } from './target-settings';

export interface DeploySettingsFormProps {
  readonly settings: DeploySettings;
  readonly target: TargetDescription | undefined;
  readonly isDisabled: boolean;
}

const MODE_LABELS: Record<RunMode, string> = {
  job: 'Job: runs when told',
  scheduled: 'Scheduled job: runs by the clock',
  service: 'Service: answers requests',
};

export function DeploySettingsForm({ settings, target, isDisabled }: DeploySettingsFormProps) {
  const modes = target?.modes ?? [];
  const choices = modes.length === 0 ? [settings.mode] : modes;
  return (
    <Section title="Settings">
      <div className={styles.form} data-testid="deploy-settings">
        <NameField name={settings.name} isDisabled={isDisabled} />
        <NativeSelect
          size="xs"
          label="Runs as"
          data-testid="deploy-mode"
          disabled={isDisabled}
          value={settings.mode}
          data={choices.map((mode) => ({ value: mode, label: MODE_LABELS[mode] }))}
          onChange={(event) =>
            setSettings({ mode: runModeSchema.parse(event.currentTarget.value) })
          }
        />
        {settings.mode === 'service' && target?.heeds.includes('port') && (
          <PortField port={settings.port} isDisabled={isDisabled} />
        )}
        {settings.mode === 'scheduled' && (
          <ScheduleFields settings={settings} isDisabled={isDisabled} />
        )}
        {settings.mode !== 'service' && <Parameters settings={settings} isDisabled={isDisabled} />}
        {target && <TargetSettings settings={settings} target={target} isDisabled={isDisabled} />}
      </div>
    </Section>
  );
}

function NameField({ name, isDisabled }: { name: string; isDisabled: boolean }) {
  return (
    <DraftField
      label="Name"
      testId="deploy-name"
      value={name}
      isDisabled={isDisabled}
      check={(text) =>
        deploymentIdSchema.safeParse(text).success
          ? null
          : 'Use lower case letters, digits and hyphens; begin with a letter or digit.'
      }
      onSave={(text) => setSettings({ name: deploymentIdSchema.parse(text) })}
    />
  );
}

function PortField({ port, isDisabled }: { port: number | null; isDisabled: boolean }) {
  const [value, setValue] = useState<number | ''>(port ?? '');
  useEffect(() => setValue(port ?? ''), [port]);
  const save = () => {
    const next = value === '' ? null : value;
    if (next !== port) setSettings({ port: next });
  };
  return (
    <NumberInput
      size="xs"
      label="Port"
      description="Empty takes the first free one."
      data-testid="deploy-port"
      disabled={isDisabled}
      hideControls
      allowDecimal={false}
      min={1}
      max={65_535}
      thousandSeparator=""
      value={value}
      onChange={(next) => setValue(next === '' ? '' : Number(next))}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}

function ScheduleFields({
  settings,
  isDisabled,
}: {
  settings: DeploySettings;
  isDisabled: boolean;
}) {
  const schedule = settings.schedule ?? { cron: '', timeZone: ownTimeZone() };
  return (
    <>
      <DraftField
        label="Schedule"
        testId="deploy-cron"
        description={
          cronWords(schedule.cron) ?? 'Minute, hour, day of month, month, day of week: 0 2 * * *'
        }
        value={schedule.cron}
        isDisabled={isDisabled}
        check={(text) =>
          text === '' || cronWords(text) !== null
            ? null
            : 'Five fields are needed, for example 0 2 * * *.'
        }
        onSave={(cron) => setSettings({ schedule: { ...schedule, cron } })}
      />
      <DraftField
        label="Time zone"
        testId="deploy-time-zone"
        value={schedule.timeZone}
        isDisabled={isDisabled}
        onSave={(timeZone) => setSettings({ schedule: { ...schedule, timeZone } })}
      />
    </>
  );
}

const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function cronWords(cron: string): string | null {
  if (cron.trim().split(/\s+/).length !== 5) return null;
  try {
    return cronInWords(cron, { use24HourTimeFormat: true });
  } catch {
    return null;
  }
}

/** Those of the pipeline; an empty field takes the package's default. */
function Parameters({ settings, isDisabled }: { settings: DeploySettings; isDisabled: boolean }) {
  const known = useCellSteps(({ view }) => view?.pipeline.parameters);
  const asked = (known ?? []).filter(({ type }) => type !== 'secret');
  const names = [
    ...new Set([...asked.map(({ name }) => name), ...Object.keys(settings.parameters)]),
  ];
  if (names.length === 0) return null;
  const save = (name: string, text: string) => {
    const { [name]: _, ...others } = settings.parameters;
    setSettings({ parameters: text === '' ? others : { ...others, [name]: text } });
  };
  return (
    <fieldset className={styles.parameters} data-testid="deploy-parameters">
      <legend>Parameters</legend>
      {names.map((name) => {
        const isDefault = settings.parameters[name] === undefined;
        const source = asked.find((parameter) => parameter.name === name)?.defaultSource;
        return (
          <DraftField
            key={name}
            label={name}
            placeholder={isDefault && source !== undefined ? `${source}, the default` : ''}
            value={settings.parameters[name] ?? ''}
            isDisabled={isDisabled}
            onSave={(text) => save(name, text)}
          />
        );
      })}
    </fieldset>
  );
}
