/** Where the image starts from and where its libraries come from. Each field is saved when it is left. */
import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { BuildSettings, PackageSources } from '../../shared/build';
import { callOrNotify, Section } from '../ui';
import styles from './build.module.css';

export const FIRST_FIELD = 'build-base-image';

interface Field {
  readonly key: keyof BuildSettings;
  readonly label: string;
  readonly help: string;
  readonly placeholder: string;
}

const FIELDS: readonly Field[] = [
  {
    key: 'baseImage',
    label: 'Base image',
    help: 'The image with Python that yours is built on.',
    placeholder: 'The official slim Python image',
  },
  {
    key: 'packageIndex',
    label: 'Package index',
    help: 'Where the libraries of the lock file are downloaded from.',
    placeholder: 'The public index',
  },
  {
    key: 'caBundle',
    label: 'CA bundle',
    help: 'A certificate file (PEM), where a company proxy inspects traffic. Used while the libraries are downloaded.',
    placeholder: 'None',
  },
];

export function BuildSettingsForm(props: {
  settings: BuildSettings;
  defaults: PackageSources;
  isDisabled: boolean;
}) {
  return (
    <Section title="Build settings">
      <div className={styles.form}>
        {FIELDS.map((field) => (
          <SettingField
            key={field.key}
            field={field}
            value={props.settings[field.key]}
            used={field.key === 'baseImage' ? '' : props.defaults[field.key]}
            isDisabled={props.isDisabled}
          />
        ))}
      </div>
    </Section>
  );
}

interface SettingFieldProps {
  readonly field: Field;
  readonly value: string;
  /** What is used as long as the field is empty, where that is known. */
  readonly used: string;
  readonly isDisabled: boolean;
}

function SettingField(props: SettingFieldProps) {
  const { field, value, used } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const save = () => {
    if (text.trim() === value) return;
    void callOrNotify((studio) => studio.build.configure({ [field.key]: text.trim() }));
  };
  return (
    <TextInput
      size="xs"
      id={field.key === 'baseImage' ? FIRST_FIELD : undefined}
      data-testid={`build-${field.key}`}
      label={field.label}
      description={field.help}
      placeholder={used === '' ? field.placeholder : `As pip here: ${used}`}
      title={text || used}
      value={text}
      disabled={props.isDisabled}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}
