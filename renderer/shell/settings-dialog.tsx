/** Settings of the studio. Each is stored when it is changed; empty means the default. */
import { Modal, SegmentedControl, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Settings } from '../../shared/project';
import { closeDialog, useNavigation } from '../navigation';
import { callOrNotify, useProject } from '../ui';

function store(change: Partial<Settings>): void {
  void callOrNotify((studio) => studio.project.setSettings(change));
}

export function SettingsDialog() {
  const isOpen = useNavigation((state) => state.dialog.kind === 'settings');
  const settings = useProject()?.settings;
  return (
    <Modal opened={isOpen} onClose={closeDialog} title="Settings" size="lg">
      {settings !== undefined && <SettingsForm settings={settings} />}
    </Modal>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  return (
    <Stack gap="md">
      <div>
        <Text fw={500} mb={4} id="theme-label">
          Theme
        </Text>
        <SegmentedControl
          aria-labelledby="theme-label"
          value={settings.theme}
          onChange={(theme) => store({ theme: theme as Settings['theme'] })}
          data={[
            { value: 'system', label: 'As the system' },
            { value: 'dark', label: 'Dark' },
            { value: 'light', label: 'Light' },
          ]}
        />
      </div>
      <Switch
        label="Save by itself"
        description="Writes the notebook a moment after each change. Off: edits are kept for recovery until you save."
        checked={settings.isAutosaveOn}
        onChange={({ currentTarget }) => store({ isAutosaveOn: currentTarget.checked })}
      />
      <TextSetting
        label="Package index"
        description="The address pip and uv install from. Empty: the public index."
        placeholder="https://…/simple"
        value={settings.packageIndex}
        onStore={(packageIndex) => store({ packageIndex })}
      />
      <TextSetting
        label="Certificates (CA bundle)"
        description="A .pem file that vouches for your network, for computers behind a company proxy. Empty: the system's own."
        placeholder="Path of a .pem file"
        value={settings.caBundle}
        onStore={(caBundle) => store({ caBundle })}
      />
      <TextSetting
        label="Base image"
        description="What images are built on. Empty: the official slim Python image of the notebook's version."
        placeholder="python:3.x-slim"
        value={settings.baseImage}
        onStore={(baseImage) => store({ baseImage })}
      />
    </Stack>
  );
}

interface TextSettingProps {
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onStore: (value: string) => void;
}

/** Stored when the field is left or Enter is pressed, not with each letter. */
function TextSetting({ value, onStore, ...field }: TextSettingProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = () => {
    if (text.trim() !== value) onStore(text.trim());
  };
  return (
    <TextInput
      {...field}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={commit}
      onKeyDown={({ key }) => key === 'Enter' && commit()}
    />
  );
}
