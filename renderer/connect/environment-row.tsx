import { Button } from '@mantine/core';
import type { Environment, EnvironmentKind } from '../../shared/connect';
import { Pill } from '../ui';
import styles from './connect.module.css';

const KINDS: Record<EnvironmentKind, string> = {
  slipway: 'made by Slipway',
  venv: 'virtual environment',
  conda: 'conda',
  pyenv: 'pyenv',
  uv: 'uv',
  system: 'system',
  unknown: 'Python',
};

export interface EnvironmentRowProps {
  readonly environment: Environment;
  readonly isCurrent: boolean;
  readonly isBusy: boolean;
  readonly onChoose: () => void;
  /** `true` says that the person agreed to change an environment of their own. */
  readonly onInstall: (isAgreed: boolean) => void;
}

export function EnvironmentRow(props: EnvironmentRowProps) {
  const { environment, isCurrent, isBusy, onChoose } = props;
  const { name, kind, pythonVersion, folder, isNearNotebook } = environment;
  return (
    <li className={styles.row} data-testid="environment" data-current={isCurrent || undefined}>
      <div style={{ minWidth: 0 }}>
        <div className={styles.title}>
          <b>{name}</b>
          <span className="dim">Python {pythonVersion}</span>
          <Pill>{KINDS[kind]}</Pill>
          {isNearNotebook && <Pill tone="accent">near the notebook</Pill>}
          <Readiness environment={environment} />
        </div>
        <div className={styles.path} title={folder}>
          {folder}
        </div>
      </div>
      <div className={styles.buttons}>
        <InstallButton {...props} />
        <Button
          variant={isCurrent ? 'light' : 'default'}
          aria-label={isCurrent ? `${name} is in use` : `Use ${name}, Python ${pythonVersion}`}
          disabled={isBusy || environment.ipykernelVersion === null}
          onClick={onChoose}
        >
          {isCurrent ? 'In use' : 'Use'}
        </Button>
      </div>
    </li>
  );
}

function Readiness({ environment: { ipykernelVersion, imports } }: { environment: Environment }) {
  if (ipykernelVersion === null) return <Pill tone="warn">ipykernel is missing</Pill>;
  if (imports.status === 'unchecked') return <Pill>ipykernel {ipykernelVersion}</Pill>;
  if (imports.missing.length === 0) return <Pill tone="ok">✓ has all imports</Pill>;
  const names = imports.missing.join(', ');
  return (
    <Pill tone="warn" title={`Missing: ${names}`}>
      {imports.missing.length > 3
        ? `${imports.missing.length} imports are missing`
        : `missing ${names}`}
    </Pill>
  );
}

/** Ours is changed at a click; another's only under a button that names it. */
function InstallButton({ environment, isBusy, onInstall }: EnvironmentRowProps) {
  const { ipykernelVersion, imports, canInstall, kind, name } = environment;
  const isLacking =
    ipykernelVersion === null || (imports.status === 'checked' && imports.missing.length > 0);
  if (!isLacking || !canInstall) return null;
  const isOurs = kind === 'slipway';
  return (
    <Button variant="subtle" disabled={isBusy} onClick={() => onInstall(!isOurs)}>
      {isOurs ? 'Install what is missing' : `Install into ${name}`}
    </Button>
  );
}
