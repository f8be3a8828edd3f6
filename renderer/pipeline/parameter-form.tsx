/** The parameters, typed: a value that does not fit its type is not taken and says why. */
import { ActionIcon, Button, Menu, NativeSelect, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { PARAMETER_TYPES, type Parameter } from '../../shared/pipeline';
import { requestCell, requestSweep, Section } from '../ui';
import { readValue, showValue } from './parameter-value';
import styles from './pipeline.module.css';
import { removeParameter, setParameter } from './verbs';

export function ParameterForm({ parameters }: { parameters: readonly Parameter[] }) {
  return (
    <Section title="Parameters">
      {parameters.length === 0 && (
        <p className={styles.hint}>
          None yet. Tag a cell “parameters”, or make a literal one from the list of cells.
        </p>
      )}
      <div className={styles.stack} data-testid="parameters">
        {parameters.map((parameter) => (
          <ParameterRow key={parameter.name} parameter={parameter} />
        ))}
        {parameters.some(({ type }) => type !== 'secret') && (
          <Button
            variant="default"
            title="Opens the package’s sweep: a run for each combination of values"
            onClick={requestSweep}
          >
            Try several values…
          </Button>
        )}
      </div>
    </Section>
  );
}

function ParameterRow({ parameter }: { parameter: Parameter }) {
  const { name, doc, type } = parameter;
  return (
    <div data-testid={`parameter-${name}`}>
      <div className={styles.parameterHead}>
        <code title={doc}>{name}</code>
        <span className="dim">
          {type}
          {rangeWords(parameter)}
        </span>
        <ParameterMenu parameter={parameter} />
      </div>
      <ValueControl parameter={parameter} />
      {doc !== '' && <p className={styles.hint}>{doc}</p>}
    </div>
  );
}

function rangeWords({ minimum, maximum }: Parameter): string {
  if (minimum !== undefined && maximum !== undefined) return ` · ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` · from ${minimum}`;
  return maximum === undefined ? '' : ` · up to ${maximum}`;
}

function ParameterMenu({ parameter }: { parameter: Parameter }) {
  const { name, cellId, type, origin } = parameter;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Type, source, remove">
          <ActionIcon size={20} aria-label={`Actions for parameter ${name}`}>
            <IconDots size={14} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Type</Menu.Label>
        {PARAMETER_TYPES.map((one) => (
          <Menu.Item
            key={one}
            disabled={one === type}
            onClick={() => setParameter(name, { type: one })}
          >
            {one === type ? `${one} ✓` : one}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => requestCell(cellId)}>Show it in the notebook</Menu.Item>
        <Menu.Item onClick={() => removeParameter(name)}>
          {origin === 'literal' ? 'Make it a literal again' : 'No parameter any more'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ValueControl({ parameter }: { parameter: Parameter }) {
  const { name, type, defaultSource, values } = parameter;
  if (type === 'secret') {
    return <p className={styles.hint}>Asked for when it runs; never written down.</p>;
  }
  if (type === 'bool') {
    return (
      <Switch
        aria-label={name}
        checked={defaultSource === 'True'}
        onChange={(event) =>
          setParameter(name, { defaultSource: event.currentTarget.checked ? 'True' : 'False' })
        }
      />
    );
  }
  if (type === 'enum' && values !== undefined) {
    return (
      <NativeSelect
        size="xs"
        aria-label={name}
        data={values}
        value={showValue(type, defaultSource)}
        onChange={(event) => save(parameter, event.currentTarget.value)}
      />
    );
  }
  return <TextValue parameter={parameter} />;
}

function save(parameter: Parameter, text: string): void {
  const typed = readValue(parameter, text);
  if (typed.ok && text !== showValue(parameter.type, parameter.defaultSource)) {
    setParameter(parameter.name, { defaultSource: typed.source });
  }
}

function TextValue({ parameter }: { parameter: Parameter }) {
  const shown = showValue(parameter.type, parameter.defaultSource);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const typed = readValue(parameter, text);
  return (
    <TextInput
      size="xs"
      aria-label={parameter.name}
      classNames={{ input: styles.value ?? '' }}
      value={text}
      error={typed.ok || text === shown ? null : typed.problem}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => save(parameter, text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save(parameter, text);
        if (event.key === 'Escape') setText(shown);
      }}
    />
  );
}
