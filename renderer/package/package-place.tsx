/** Package: the generated folder, file by file with the cells it came from; its run, its proof, its findings. */
import { Button, Tabs } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { PackageFileText, PackageState } from '../../shared/package';
import { useCommands } from '../commands';
import { useNavigation } from '../navigation';
import { ProofPill, ProofTable, packageStream } from '../pipeline';
import {
  EmptyPlace,
  ErrorNotices,
  Pill,
  PlaceFrame,
  TaskProgress,
  useCall,
  useCellSteps,
  useIsWorking,
  useTask,
} from '../ui';
import { Dependencies } from './dependencies';
import { FileList } from './file-list';
import { firstFile } from './file-tree';
import { FileView } from './file-view';
import { useFindCell } from './find-cell';
import { Findings } from './findings';
import { LineInspector } from './line-inspector';
import type { FindCell } from './line-marks';
import styles from './package.module.css';
import { PackagePicture } from './package-picture';
import { NAME_FIELD, PackageSettings } from './package-settings';
import { RunView } from './run-view';
import { SweepForm } from './sweep-form';
import { SweepView } from './sweep-view';
import { type Sweeping, showSweepForm, useSweep } from './use-sweep';

export function PackagePlace() {
  const state = packageStream.use();
  if (state === null) return <PlaceFrame title="Package">{null}</PlaceFrame>;
  return <LoadedPackage state={state} />;
}

function showName(): void {
  useNavigation.setState({ isInspectorOpen: true });
  requestAnimationFrame(() => document.getElementById(NAME_FIELD)?.focus());
}

interface OpenFile {
  readonly path: string;
  readonly line: number;
}

type Tab = 'files' | 'run' | 'sweep' | 'proof' | 'findings' | 'dependencies';

function LoadedPackage({ state }: { state: PackageState }) {
  const { activity, generated } = state;
  const generate = useCall((studio) => studio.package.generate());
  const run = useCall((studio) => studio.package.run({ parameters: {}, compare: true }));
  const [tab, setTab] = useState<Tab>('files');
  const [chosen, setChosen] = useState<OpenFile | null>(null);
  const [text, setText] = useState<PackageFileText | null>(null);
  const findCell = useFindCell();
  const sweeping = useSweep(useCallback(() => setTab('sweep'), []));
  const isWorking = useIsWorking('package');
  const isPending = generate.isPending || run.isPending || sweeping.start.isPending;
  const isBusy = isWorking || activity.kind !== 'idle' || isPending;
  const write = () => void generate.run();
  const start = () => {
    setTab('run');
    void run.run();
  };
  useCommands([
    { id: 'package.generate', when: () => !isBusy, run: write },
    { id: 'package.run', when: () => !isBusy, run: start },
    { id: 'package.rename', title: 'Rename the package', run: showName },
  ]);
  const firstStep = useCellSteps(({ view }) => view?.pipeline.steps[0]?.id);
  const readable = generated?.files.filter(({ isText }) => isText) ?? [];
  const isThere = readable.some((file) => file.path === chosen?.path);
  const path = chosen !== null && isThere ? chosen.path : firstFile(readable, firstStep);
  const line = chosen?.path === path ? (chosen?.line ?? 1) : 1;
  const isWritten = generated !== null && !generated.isStale;
  return (
    <PlaceFrame
      title="Package"
      isPadded={false}
      facts={<Facts state={state} onFindings={() => setTab('findings')} />}
      actions={
        <>
          <Button
            variant={isWritten ? 'default' : 'filled'}
            disabled={isBusy}
            data-testid="package-generate"
            onClick={write}
          >
            {generated === null ? 'Write the package' : 'Write it again'}
          </Button>
          <Button
            variant={isWritten ? 'filled' : 'default'}
            disabled={isBusy}
            data-testid="package-run"
            title="In a clean environment made from the lock file, step by step, compared with the notebook"
            onClick={start}
          >
            Run here and compare
          </Button>
        </>
      }
      inspector={
        <>
          {tab === 'files' && text !== null && text.path === path && (
            <LineInspector file={text} line={line} findCell={findCell} />
          )}
          {tab === 'sweep' ? (
            <SweepSettings sweeping={sweeping} isBusy={isBusy} />
          ) : (
            <PackageSettings state={state} isDisabled={isBusy} />
          )}
        </>
      }
    >
      <div className={styles.place}>
        <Above
          state={state}
          errors={[generate.error, run.error, sweeping.start.error, state.error]}
        />
        {generated === null && state.run === null && tab !== 'sweep' ? (
          <NothingWritten isBusy={isBusy} onWrite={write} />
        ) : (
          <Tabs
            value={tab}
            onChange={(value) => setTab(isTab(value) ? value : 'files')}
            className={styles.tabs}
          >
            <PackageTabs state={state} />
            <Tabs.Panel value="files" className={styles.files}>
              {generated !== null && path !== null && (
                <>
                  <FileList
                    files={generated.files}
                    chosen={path}
                    onChoose={(next) => setChosen({ path: next, line: 1 })}
                  />
                  <FileView
                    path={path}
                    hash={generated.hash}
                    findCell={findCell}
                    line={line}
                    onLine={(next) => setChosen({ path, line: next })}
                    onText={setText}
                  />
                </>
              )}
            </Tabs.Panel>
            <Tabs.Panel value="sweep" className={styles.panel}>
              <SweepView
                run={sweeping.run}
                packageHash={generated?.hash ?? null}
                saidAbove={state.error?.message}
                isBusy={isBusy}
                onGoOn={(plan) => void sweeping.start.run(plan)}
                onForm={showSweepForm}
              />
            </Tabs.Panel>
            <OtherPanels state={state} findCell={findCell} />
          </Tabs>
        )}
      </div>
    </PlaceFrame>
  );
}

function SweepSettings({ sweeping, isBusy }: { sweeping: Sweeping; isBusy: boolean }) {
  const { pipeline, plan, onChange, start } = sweeping;
  if (pipeline === null) return null;
  return (
    <SweepForm
      pipeline={pipeline}
      plan={plan}
      onChange={onChange}
      onStart={(wanted) => void start.run(wanted)}
      isBusy={isBusy}
    />
  );
}

const TABS: readonly string[] = [
  'files',
  'run',
  'sweep',
  'proof',
  'findings',
  'dependencies',
] satisfies Tab[];
const isTab = (value: string | null): value is Tab => value !== null && TABS.includes(value);

function Facts({ state, onFindings }: { state: PackageState; onFindings: () => void }) {
  const needing = state.problems.filter(({ severity }) => severity !== 'note').length;
  return (
    <>
      <ProofPill run={state.run} />
      {state.generated?.isStale && (
        <Pill tone="warn" testId="package-stale">
          ↻ the notebook changed since
        </Pill>
      )}
      {needing > 0 && (
        <Pill tone="warn" testId="package-findings" onClick={onFindings}>
          ! {needing} {needing === 1 ? 'finding' : 'findings'}
        </Pill>
      )}
    </>
  );
}

function Above({
  state,
  errors,
}: {
  state: PackageState;
  errors: readonly PackageState['error'][];
}) {
  const { activity } = state;
  const task = useTask(activity.kind === 'idle' ? null : activity.taskId);
  if (task === null && errors.every((error) => error === null)) return null;
  return (
    <div className={styles.above}>
      <ErrorNotices errors={errors} />
      {task !== null && <TaskProgress task={task} />}
    </div>
  );
}

function NothingWritten({ isBusy, onWrite }: { isBusy: boolean; onWrite: () => void }) {
  return (
    <EmptyPlace
      picture={<PackagePicture />}
      title="No package yet"
      sentence="The package is the pipeline as plain Python that needs nothing of Slipway: steps, parameters, tests, a lock file and a Dockerfile, each line with the cell it came from."
      action={
        <Button disabled={isBusy} onClick={onWrite}>
          Write the package
        </Button>
      }
    />
  );
}

function PackageTabs({ state }: { state: PackageState }) {
  const findings = state.problems.length;
  return (
    <Tabs.List aria-label="About the package" className={styles.tabList}>
      <Tabs.Tab value="files">Files</Tabs.Tab>
      <Tabs.Tab value="run">Run</Tabs.Tab>
      <Tabs.Tab value="sweep">Sweep</Tabs.Tab>
      <Tabs.Tab value="proof">Proof</Tabs.Tab>
      <Tabs.Tab value="findings">Findings{findings > 0 ? ` · ${findings}` : ''}</Tabs.Tab>
      <Tabs.Tab value="dependencies">Dependencies</Tabs.Tab>
    </Tabs.List>
  );
}

function OtherPanels({ state, findCell }: { state: PackageState; findCell: FindCell }) {
  const { run, generated } = state;
  return (
    <>
      <Tabs.Panel value="run" className={styles.panel}>
        {run === null ? <NotRun /> : <RunView run={run} saidAbove={state.error?.message} />}
      </Tabs.Panel>
      <Tabs.Panel value="proof" className={styles.panel}>
        {run === null || run.comparisons.length === 0 ? (
          <NotRun />
        ) : (
          <ProofTable comparisons={run.comparisons} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="findings" className={styles.panel}>
        <Findings problems={state.problems} findCell={findCell} />
      </Tabs.Panel>
      <Tabs.Panel value="dependencies" className={styles.panel}>
        {generated !== null && <Dependencies generated={generated} />}
      </Tabs.Panel>
    </>
  );
}

function NotRun() {
  return (
    <p className="dim">
      Not run yet. “Run here and compare” makes a clean environment from the lock file, runs each
      step, and compares what it gives with the notebook.
    </p>
  );
}
