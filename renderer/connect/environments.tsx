/** The Python environments found, the ones near the notebook first, each with what it lacks. */
import { Button, Loader } from '@mantine/core';
import { IconPlus, IconRefresh } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { EnvironmentList } from '../../shared/connect';
import { runCommand } from '../commands';
import { closeDialog } from '../navigation';
import { sharedStream } from '../studio';
import { callOrNotify, TaskProgress, useKernel, useNotebookPath, useTasks } from '../ui';
import { useNotebookImports } from '../ui/notebook-imports';
import styles from './connect.module.css';
import { EnvironmentRow } from './environment-row';

const NOT_YET: EnvironmentList = { activity: 'searching', environments: [] };

const environmentStream = sharedStream<EnvironmentList, EnvironmentList>(
  (studio, options) => studio.connect.watchEnvironments(undefined, options),
  NOT_YET,
);

export function Environments() {
  const { activity, environments } = environmentStream.use();
  const notebookPath = useNotebookPath();
  const imports = useNotebookImports();
  useSearch(notebookPath, imports);
  const kernel = useKernel();
  const currentId = 'kernel' in kernel ? kernel.kernel.environmentId : null;
  const working = useTasks().find(({ stage, state }) => stage === 'connect' && state === 'running');
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap' }}>
        <Button
          leftSection={<IconPlus size={14} />}
          disabled={notebookPath === null || working !== undefined}
          onClick={() => runCommand('connect.make-environment')}
        >
          Make an environment for this notebook
        </Button>
        <Button
          variant="subtle"
          color="gray"
          leftSection={activity === 'searching' ? <Loader size={12} /> : <IconRefresh size={14} />}
          disabled={activity === 'searching'}
          onClick={() => runCommand('connect.refresh')}
        >
          {activity === 'searching' ? 'Looking…' : 'Look again'}
        </Button>
      </div>
      {imports.length > 0 && (
        <span className="dim">
          This notebook imports <span className="mono">{imports.join(', ')}</span>
        </span>
      )}
      {working !== undefined && <TaskProgress task={working} />}
      <ul className={styles.list} aria-label="Environments">
        {environments.map((environment) => (
          <EnvironmentRow
            key={environment.id}
            environment={environment}
            isCurrent={environment.id === currentId}
            isBusy={working !== undefined}
            onChoose={async () => {
              const started = await callOrNotify((studio) =>
                studio.connect.connectLocal({
                  environmentId: environment.id,
                  ...(notebookPath === null ? {} : { notebookPath }),
                }),
              );
              if (started !== null) closeDialog();
            }}
            onInstall={(isAgreed) =>
              void callOrNotify((studio) =>
                studio.connect.installMissing({
                  environmentId: environment.id,
                  imports: [...imports],
                  isAgreed,
                }),
              )
            }
          />
        ))}
      </ul>
      {environments.length === 0 && activity === 'idle' && (
        <p className="dim" style={{ margin: 0 }}>
          No Python was found on this computer. Make an environment for this notebook with the
          button above, or connect to a Jupyter server.
        </p>
      )}
    </div>
  );
}

/** Opening the list looks for environments near this notebook and for its imports in each. */
function useSearch(notebookPath: string | null, imports: readonly string[]): void {
  useEffect(() => {
    void callOrNotify((studio) => studio.connect.refreshEnvironments({ notebookPath }));
  }, [notebookPath]);
  const names = imports.join(' ');
  useEffect(() => {
    if (names === '') return;
    void callOrNotify((studio) => studio.connect.checkImports({ imports: names.split(' ') }));
  }, [names]);
}
