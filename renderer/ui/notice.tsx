/** How the studio says that something needs attention: what happened, where, what to do, the raw text one click away. */
import { ActionIcon, Button, CopyButton, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy, IconInfoCircle, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { NextStep, Place, StudioError } from '../../shared/base/studio-error';
import { runCommand } from '../commands';
import styles from './ui.module.css';

export type NoticeTone = 'info' | 'warn' | 'bad';

const ICONS = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconX };

/** A sentence with buttons below it. */
export function Notice(props: {
  tone: NoticeTone;
  children: ReactNode;
  actions?: ReactNode;
  testId?: string;
  /** Without a frame of its own, inside something that has one. */
  isBare?: boolean;
}) {
  const Icon = ICONS[props.tone];
  return (
    <div
      className={styles.notice}
      data-tone={props.tone}
      data-bare={props.isBare || undefined}
      data-testid={props.testId ?? 'notice'}
      role={props.tone === 'bad' ? 'alert' : 'status'}
    >
      <Icon size={18} aria-hidden />
      <div className={styles.noticeBody}>
        {props.children}
        {props.actions !== undefined && <div className={styles.noticeSteps}>{props.actions}</div>}
      </div>
    </div>
  );
}

export interface ErrorNoticeProps {
  readonly error: StudioError;
  /** An extra button of the place, for example "Try again". */
  readonly actions?: ReactNode;
  readonly tone?: NoticeTone;
  readonly isBare?: boolean;
  /** After one of its buttons was pressed. */
  readonly onAct?: () => void;
}

export function ErrorNotice(props: ErrorNoticeProps) {
  const { error, actions, tone = 'bad', isBare = false, onAct } = props;
  const [isDetailOpen, setDetailOpen] = useState(false);
  const hasActions =
    error.nextSteps.length > 0 || error.detail !== undefined || actions !== undefined;
  const where = error.place === undefined ? '' : placeInWords(error.place);
  return (
    <Notice
      tone={tone}
      isBare={isBare}
      testId="error-notice"
      actions={
        hasActions && (
          <>
            {actions}
            {error.nextSteps.map((step) => (
              <NextStepButton key={step.label} step={step} onAct={onAct} />
            ))}
            {error.detail !== undefined && (
              <Button
                variant="subtle"
                color="gray"
                aria-expanded={isDetailOpen}
                onClick={() => setDetailOpen(!isDetailOpen)}
              >
                {isDetailOpen ? 'Hide details' : 'Show details'}
              </Button>
            )}
            {error.detail !== undefined && isDetailOpen && (
              <Copy text={error.detail} label="Copy details" />
            )}
          </>
        )
      }
    >
      <div>{error.message}</div>
      {where !== '' && !error.message.toLowerCase().includes(where.toLowerCase()) && (
        <div className="dim">{where}</div>
      )}
      {isDetailOpen && <pre className={styles.detail}>{error.detail}</pre>}
    </Notice>
  );
}

export function placeInWords(place: Place): string {
  const parts = [
    place.path,
    place.cellNumber === undefined ? undefined : `cell ${place.cellNumber}`,
    place.line === undefined ? undefined : `line ${place.line}`,
    place.column === undefined ? undefined : `column ${place.column}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** A next step is a button of the studio or a line to type in a terminal. */
function NextStepButton({ step, onAct }: { step: NextStep; onAct: (() => void) | undefined }) {
  const { command, shell } = step;
  if (command !== undefined) {
    const press = () => {
      runCommand(command, step.argument);
      onAct?.();
    };
    return (
      <Button variant="default" onClick={press}>
        {step.label}
      </Button>
    );
  }
  if (shell === undefined) return <span className="dim">{step.label}</span>;
  return (
    <span className={styles.noticeSteps}>
      <span className="dim">{step.label}</span>
      <span className={styles.shell}>
        <code>{shell}</code>
        <Copy text={shell} label="Copy the command" />
      </span>
    </span>
  );
}

export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <ActionIcon aria-label={label} size={22} onClick={copy}>
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
