/** What the studio knows of the selected cell, from its text and from its last run. */
import { UnstyledButton } from '@mantine/core';
import type { CellId } from '../../shared/base/ids';
import { formatDuration } from '../../shared/base/units';
import type { CellRun, NotebookState } from '../../shared/notebook';
import {
  Ago,
  Card,
  type CellFacts,
  type CellRoleView,
  KeyValues,
  requestCell,
  Section,
  useCellSteps,
} from '../ui';
import styles from './notebook.module.css';
import { lightUp, useSelection } from './selection';

export function CellInspector({ state }: { state: NotebookState }) {
  const cellId = useSelection((selection) => selection.cellId);
  const facts = useCellSteps((steps) => (cellId === null ? undefined : steps.facts.get(cellId)));
  const role = useCellSteps((steps) => (cellId === null ? undefined : steps.roles.get(cellId)));
  const index = state.document.cells.findIndex(({ id }) => id === cellId);
  const cell = state.document.cells[index];
  if (cell === undefined || cellId === null) {
    return <p className="dim">Select a cell to see what it reads, makes and changes.</p>;
  }
  return (
    <>
      <Section title={`Cell ${index + 1}${roleInWords(role)}`}>
        <CellFactList facts={facts} role={role} run={state.runs[cellId]} type={cell.type} />
      </Section>
      {role?.kind === 'step' && (
        <Why cellId={cellId} title="Why this step?" text={role.step.reason} />
      )}
      {role?.kind === 'skipped' && (
        <Why cellId={cellId} title="Why is it skipped?" text={role.reason} />
      )}
      <Outputs cellId={cellId} />
      {facts !== undefined && <Unknowable facts={facts} />}
    </>
  );
}

function roleInWords(role: CellRoleView | undefined): string {
  switch (role?.kind) {
    case 'step':
      return ` · step ${role.step.name}`;
    case 'skipped':
      return ' · skipped';
    case 'parameters':
      return ' · parameters';
    case 'imports':
      return ' · imports';
    case 'helpers':
      return ' · helpers';
    default:
      return '';
  }
}

interface CellFactListProps {
  readonly facts: CellFacts | undefined;
  readonly role: CellRoleView | undefined;
  readonly run: CellRun | undefined;
  readonly type: string;
}

function CellFactList({ facts, role, run, type }: CellFactListProps) {
  if (type !== 'code') return <p className="dim">Text. Its headings name the steps below it.</p>;
  if (facts === undefined && run === undefined) {
    return <p className="dim">What it reads and makes is not known yet.</p>;
  }
  const parameters = role?.kind === 'step' ? role.step.parameters : [];
  const read = unique(facts?.read ?? []);
  const used = parameters.filter((name) => read.includes(name));
  return (
    <>
      <KeyValues
        rows={[
          ['Reads', <Names key="r" names={read} />],
          ['Makes', <Names key="m" names={unique(facts?.bound ?? [])} />],
          [
            'Changes in place',
            <Names key="c" names={unique(facts?.mutated ?? [])} notes={howSure(facts?.mutated)} />,
          ],
          ['Parameters', used.length === 0 ? null : <Names key="p" names={used} />],
          ['Reads files', paths(facts?.filesRead)],
          ['Writes files', paths(facts?.filesWritten)],
          ['Last run', <LastRun key="l" run={run} />],
        ]}
      />
      {facts?.error != null && (
        <p style={{ color: 'var(--bad)' }}>
          Line {facts.error.line}: {facts.error.message}
        </p>
      )}
    </>
  );
}

function unique(uses: readonly { readonly name: string }[]): string[] {
  return [...new Set(uses.map(({ name }) => name))];
}

/** What a recorded run saw settles what the text only suspects; a change that is plain in the text needs no word. */
function howSure(changes: CellFacts['mutated'] | undefined): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  for (const { name, certainty, seen } of changes ?? []) {
    if (seen === 'yes') notes.set(name, 'seen in a run');
    else if (certainty === 'possibly') {
      notes.set(name, seen === 'no' ? 'suspected, not seen in a run' : 'suspected');
    }
  }
  return notes;
}

const NO_NOTES: ReadonlyMap<string, string> = new Map();

function paths(uses: readonly { readonly path: string | null }[] | undefined): string {
  return (uses ?? []).map(({ path }) => path ?? "can't be known").join(', ');
}

/** A click on a name lights up where it is bound, read and changed, in every cell. */
function Names({
  names,
  notes = NO_NOTES,
}: {
  readonly names: readonly string[];
  readonly notes?: ReadonlyMap<string, string>;
}) {
  const litName = useSelection((state) => state.litName);
  if (names.length === 0) return <span className="faint">nothing</span>;
  return names.map((name, index) => (
    <span key={name} className={`mono ${styles.name}`}>
      <UnstyledButton
        className="mono"
        aria-pressed={litName === name}
        title={`Light up ${name} in all cells`}
        style={litName === name ? { color: 'var(--accent)' } : undefined}
        onClick={() => lightUp(litName === name ? null : name)}
      >
        {name}
      </UnstyledButton>
      {notes.has(name) && <span className="faint"> {notes.get(name)}</span>}
      {index < names.length - 1 && ', '}
    </span>
  ));
}

function LastRun({ run }: { run: CellRun | undefined }) {
  switch (run?.state) {
    case 'succeeded':
    case 'failed':
      return (
        <>
          {formatDuration(run.ms)}, <Ago at={run.endedAt} />
        </>
      );
    case 'running':
      return 'running';
    case 'queued':
      return 'queued';
    case 'stale':
      return run.reason === 'edited' ? 'before the last change' : 'in a kernel that is gone';
    default:
      return <span className="faint">not in this session</span>;
  }
}

function Why({ title, text }: { cellId: CellId; title: string; text: string }) {
  if (text === '') return null;
  return (
    <Section title={title}>
      <Card>{text}</Card>
    </Section>
  );
}

/** The lines that make something of this cell needed by a later step. */
function Outputs({ cellId }: { cellId: CellId }) {
  const view = useCellSteps((state) => state.view);
  const facts = useCellSteps((state) => state.facts);
  const artifacts = (view?.pipeline.edges ?? [])
    .flatMap((edge) => edge.artifacts)
    .filter(({ writer }) => writer.cellId === cellId);
  const byName = new Map(artifacts.map((artifact) => [artifact.name, artifact]));
  const numberOf = (id: CellId) => (facts.get(id)?.index ?? 0) + 1;
  return [...byName.values()].map(({ name, writer, reader }) => (
    <Section key={name} title={`Why is ${name} handed on?`}>
      <Card>
        <LineLink
          cellId={writer.cellId}
          text={`cell ${numberOf(writer.cellId)}, line ${writer.line} makes or changes it`}
        />
        <LineLink
          cellId={reader.cellId}
          text={`cell ${numberOf(reader.cellId)}, line ${reader.line} reads it`}
        />
      </Card>
    </Section>
  ));
}

function LineLink({ cellId, text }: { cellId: CellId; text: string }) {
  return (
    <UnstyledButton
      className="mono"
      style={{ display: 'block', fontSize: 11.5 }}
      onClick={() => requestCell(cellId)}
    >
      {text}
    </UnstyledButton>
  );
}

function Unknowable({ facts }: { facts: CellFacts }) {
  if (facts.unknowable.length === 0) return null;
  return (
    <Section title="What can't be known">
      <Card>
        {facts.unknowable.map(({ line, reason }) => (
          <div key={`${line} ${reason}`}>
            Line {line}: {reason}
          </div>
        ))}
      </Card>
    </Section>
  );
}
