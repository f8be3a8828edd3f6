/** A step that is another notebook: why it stands where it does, its place in the list, and how it leaves. */
import { Button } from '@mantine/core';
import type { StepRun } from '../../shared/package';
import { movedNotebook, notebookList, type Step } from '../../shared/pipeline';
import { KeyValues, Section, useCellSteps, useNotebookPath } from '../ui';
import { HowToRun } from './how-to-run';
import styles from './pipeline.module.css';
import { stepRunWords } from './run-facts';
import { orderNotebooks, removeNotebook } from './verbs';

export interface NotebookStepProps {
  readonly step: Step;
  readonly notebook: NonNullable<Step['notebook']>;
  readonly run: StepRun | null;
}

export function NotebookStep({ step, notebook, run }: NotebookStepProps) {
  const choices = useCellSteps((state) => state.view?.choices);
  const main = (useNotebookPath() ?? '').split(/[\\/]/).at(-1) ?? '';
  const list = choices === undefined ? [] : notebookList(choices, main);
  const { path, kernel, language, cells } = notebook;
  const mover = (by: -1 | 1, label: string, testId: string) => (
    <Button
      variant="default"
      data-testid={testId}
      disabled={list[list.indexOf(path) + by] === undefined}
      onClick={() => orderNotebooks(movedNotebook(list, path, by))}
    >
      {label}
    </Button>
  );
  return (
    <Section title={`Notebook ${path}`}>
      <div className={styles.stack}>
        <KeyValues
          rows={[
            ['Why', step.reason],
            ['Step', <code key="id">{step.id}</code>],
            ['Cells', String(cells)],
            ['Kernel', `${kernel} (${language})`],
            ['List', list.join(', ')],
            ['Last run', run === null ? null : stepRunWords(run)],
          ]}
        />
        <HowToRun key={`how ${step.id}`} step={step} />
        <div className={styles.buttons}>
          {mover(-1, 'Earlier in the list', 'notebook-earlier')}
          {mover(1, 'Later in the list', 'notebook-later')}
          <Button
            variant="default"
            data-testid="notebook-remove"
            onClick={() => removeNotebook(path)}
          >
            Take it out
          </Button>
        </div>
      </div>
    </Section>
  );
}
