/** The line above a cell that says which step begins here, or why the cell is left out. */
import { type CellRoleView, Pill, StepPill, stepColours } from '../ui';
import styles from './notebook.module.css';

/** Parameters and helpers have colours of their own, apart from the steps'. */
const PARAMETERS_COLOUR = 4;
const HELPERS_COLOUR = 7;

export function CellLabel({ role }: { role: CellRoleView | undefined }) {
  if (role === undefined || !role.isFirst) return null;
  return (
    <div className={styles.label} data-testid="cell-label">
      <LabelContent role={role} />
    </div>
  );
}

function LabelContent({ role }: { role: CellRoleView }) {
  switch (role.kind) {
    case 'step':
      return (
        <>
          <StepPill name={role.step.name} colour={role.step.colour} title={role.step.reason} />
          <span className="faint" title={role.step.reason}>
            {stepInWords(role.step.outputs)}
          </span>
        </>
      );
    case 'parameters':
      return (
        <>
          <StepPill name="parameters" colour={PARAMETERS_COLOUR} />
          <span className="faint">{countParameters(role.pipeline.parameters)}</span>
        </>
      );
    case 'imports':
      return (
        <>
          <StepPill name="imports" colour={HELPERS_COLOUR} />
          <span className="faint">what the steps import</span>
        </>
      );
    case 'helpers':
      return (
        <>
          <StepPill name="helpers" colour={HELPERS_COLOUR} />
          <span className="faint">{role.names.join(', ')}</span>
        </>
      );
    case 'skipped':
      return (
        <>
          <Pill>skipped</Pill>
          <span className="faint" title={role.reason}>
            {role.reason}
          </span>
        </>
      );
  }
}

function stepInWords(outputs: readonly string[]): string {
  if (outputs.length === 0) return '';
  const shown = outputs.slice(0, 4).join(', ');
  return `makes ${shown}${outputs.length > 4 ? ` and ${outputs.length - 4} more` : ''}`;
}

function countParameters(parameters: readonly { type: string; origin: string }[]): string {
  const own = parameters.filter(({ origin }) => origin === 'cell');
  const secrets = own.filter(({ type }) => type === 'secret').length;
  return `${own.length} typed${secrets === 0 ? '' : `, ${secrets} secret`}`;
}

/** The band's colour; null for a cell that belongs to no step. */
export function bandColour(role: CellRoleView | undefined): string | null {
  switch (role?.kind) {
    case 'step':
      return stepColours(role.step.colour).band;
    case 'parameters':
      return stepColours(PARAMETERS_COLOUR).band;
    case 'imports':
    case 'helpers':
      return stepColours(HELPERS_COLOUR).band;
    case 'skipped':
      return 'var(--faint)';
    default:
      return null;
  }
}
