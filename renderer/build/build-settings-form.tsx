/** Which engine, where the image starts from, where its libraries come from, where it goes. Each field is saved when it is left. */
import { Autocomplete, Select, Switch, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { BuildSettings, BuildState } from '../../shared/build';
import { callOrNotify, Section } from '../ui';
import styles from './build.module.css';

export const FIRST_FIELD = 'build-base-image';
export const PUSH_FIELD = 'build-push-to';

type TextKey = Exclude<keyof BuildSettings, 'isImageChecked'>;

interface Field {
  readonly key: TextKey;
  readonly id?: string;
  readonly label: string;
  readonly help: string;
  readonly placeholder: string;
}

const BUILD_FIELDS: readonly Field[] = [
  {
    key: 'baseImage',
    id: FIRST_FIELD,
    label: 'Base image',
    help: 'The image with Python that yours is built on.',
    placeholder: 'The official slim Python image',
  },
  {
    key: 'packageIndex',
    label: 'Package index',
    help: 'Where the libraries of the lock file are downloaded from. A password in it stays out of the image.',
    placeholder: 'The public index',
  },
  {
    key: 'caBundle',
    label: 'CA bundle',
    help: 'A certificate file (PEM), where a company proxy inspects traffic. Used while the libraries are downloaded.',
    placeholder: 'None',
  },
  {
    key: 'proxy',
    label: 'Proxy',
    help: 'For downloads inside the build; it stays out of the image.',
    placeholder: 'None',
  },
];

const PUSH_FIELD_OF: Field = {
  key: 'pushTo',
  id: PUSH_FIELD,
  label: 'Push to',
  help: 'Registry and path; the image’s own name is put behind it. Docker’s own sign-ins are used.',
  placeholder: 'registry.example.com/team',
};

const CERTIFICATES: Field = {
  key: 'engineCertificates',
  label: 'Engine certificates',
  help: 'Folder of ca.pem, cert.pem and key.pem for an engine reached by tcp.',
  placeholder: 'None',
};

const PLATFORMS = [
  { value: '', label: 'The engine’s own' },
  { value: 'linux/amd64', label: 'linux/amd64' },
  { value: 'linux/arm64', label: 'linux/arm64' },
];

const store = (change: Partial<BuildSettings>): void =>
  void callOrNotify((studio) => studio.build.configure(change));

export function BuildSettingsForm({
  state,
  isDisabled,
}: {
  state: BuildState;
  isDisabled: boolean;
}) {
  const { settings, defaults } = state;
  const usedFor = (key: TextKey) =>
    key === 'packageIndex' || key === 'caBundle' ? defaults[key] : '';
  const field = (each: Field) => (
    <SettingField
      key={each.key}
      field={each}
      value={settings[each.key]}
      used={usedFor(each.key)}
      isDisabled={isDisabled}
    />
  );
  return (
    <>
      <Section title="Build settings">
        <div className={styles.form}>
          {BUILD_FIELDS.map(field)}
          <Select
            size="xs"
            data-testid="build-platform"
            label="Platform"
            description="What the image runs on."
            data={PLATFORMS}
            value={settings.platform}
            allowDeselect={false}
            disabled={isDisabled}
            onChange={(platform) => store({ platform: platform ?? '' })}
          />
          <Switch
            size="xs"
            data-testid="build-isImageChecked"
            label="Try the image before it counts as good"
            description="Starts it, asks for one prediction, runs the pipeline in it."
            checked={settings.isImageChecked}
            disabled={isDisabled}
            onChange={(event) => store({ isImageChecked: event.currentTarget.checked })}
          />
        </div>
      </Section>
      <Section title="Engine">
        <div className={styles.form}>
          <EngineField state={state} isDisabled={isDisabled} />
          {settings.engine.startsWith('tcp://') && field(CERTIFICATES)}
        </div>
      </Section>
      <Section title="Registry">
        <div className={styles.form}>{field(PUSH_FIELD_OF)}</div>
      </Section>
    </>
  );
}

/** An address may be typed; the contexts of the docker CLI are offered. */
function EngineField({ state, isDisabled }: { state: BuildState; isDisabled: boolean }) {
  const { engine } = state.settings;
  const [text, setText] = useSavedText(engine);
  const save = (value: string) => {
    if (value.trim() !== engine) store({ engine: value.trim() });
  };
  return (
    <Autocomplete
      size="xs"
      data-testid="build-engine"
      label="Docker engine"
      description="A context of the docker CLI, or an address: unix://, ssh://user@host, tcp://host:2376."
      placeholder="As the docker CLI finds it"
      data={state.contexts
        .filter(({ address, name }) => address !== '' && name !== 'default')
        .map(({ name }) => `context:${name}`)}
      value={text}
      disabled={isDisabled}
      onChange={setText}
      onOptionSubmit={save}
      onBlur={() => save(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save(text);
      }}
    />
  );
}

interface SettingFieldProps {
  readonly field: Field;
  readonly value: string;
  /** What is used as long as the field is empty, where that is known. */
  readonly used: string;
  readonly isDisabled: boolean;
}

function SettingField({ field, value, used, isDisabled }: SettingFieldProps) {
  const [text, setText] = useSavedText(value);
  const save = () => {
    if (text.trim() !== value) store({ [field.key]: text.trim() });
  };
  return (
    <TextInput
      size="xs"
      id={field.id}
      data-testid={`build-${field.key}`}
      label={field.label}
      description={field.help}
      placeholder={used === '' ? field.placeholder : `As pip here: ${used}`}
      title={text || used}
      value={text}
      disabled={isDisabled}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}

/** What is being typed, until what is saved changes. */
function useSavedText(value: string) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return [text, setText] as const;
}
