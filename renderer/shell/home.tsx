/** The start page: open a notebook, one of late, or a sample. */
import { ActionIcon, Button, Kbd, Loader, Tooltip } from '@mantine/core';
import { IconFolderOpen, IconX } from '@tabler/icons-react';
import type { RecentFile, Sample } from '../../shared/project';
import { runCommand } from '../commands';
import { goTo } from '../navigation';
import { Ago, callOrNotify, Section, useCall, useProject } from '../ui';
import { notifyError } from '../ui/calls';
import styles from './frame.module.css';
import { Logo } from './logo';
import { openNotebook } from './shell-commands';
import { keysOf } from './title-bar';

export function Home() {
  const project = useProject();
  return (
    <section className={styles.home} aria-label="Start" data-testid="home">
      <div className={styles.homeInner}>
        <div style={{ display: 'flex', gap: 18, alignItems: 'center', flexWrap: 'wrap' }}>
          <Logo size={52} />
          <div style={{ flex: '1 1 300px' }}>
            <h1 style={{ margin: 0, fontSize: 20, fontWeight: 600 }}>
              Take a notebook into production
            </h1>
            <p className="dim" style={{ margin: '4px 0 0' }}>
              Open one, run it, see its steps and its price, and let it go to work. You can also
              drop a file on this window.
            </p>
          </div>
          <Button
            leftSection={<IconFolderOpen size={16} />}
            rightSection={<Kbd>{keysOf('project.open')}</Kbd>}
            h={34}
            px={14}
            onClick={() => runCommand('project.open')}
          >
            Open notebook
          </Button>
        </div>
        {project === null ? (
          <Loader size="sm" aria-label="Loading" />
        ) : (
          <div className={styles.homeColumns}>
            <Section title="Recent">
              <RecentList recent={project.recent} openPath={project.open?.path ?? null} />
            </Section>
            <Section title="Samples, each opened as a copy of your own">
              {project.samples.map((sample) => (
                <SampleEntry key={sample.id} sample={sample} />
              ))}
            </Section>
          </div>
        )}
      </div>
    </section>
  );
}

function RecentList(props: { recent: readonly RecentFile[]; openPath: string | null }) {
  if (props.recent.length === 0) {
    return <p className="dim">Notebooks you open are listed here. A sample is a good first one.</p>;
  }
  return props.recent.map((file) => (
    <RecentEntry key={file.path} file={file} isOpen={file.path === props.openPath} />
  ));
}

function RecentEntry({ file, isOpen }: { file: RecentFile; isOpen: boolean }) {
  const { path, name, exists, openedAt } = file;
  return (
    <div style={{ display: 'flex', alignItems: 'center' }}>
      <button
        type="button"
        className={styles.entry}
        data-missing={!exists || undefined}
        title={path}
        onClick={() => (isOpen ? goTo('notebook') : void openNotebook(path))}
      >
        <span>
          <b style={{ fontWeight: 550 }}>{name}</b>{' '}
          <span className="faint">
            {isOpen ? 'open' : exists ? <Ago at={openedAt} /> : 'no longer there'}
          </span>
        </span>
        <span className="dim">{path}</span>
      </button>
      <Tooltip label="Remove from this list">
        <ActionIcon
          aria-label={`Remove ${name} from this list`}
          onClick={() => void callOrNotify((studio) => studio.project.forget({ path }))}
        >
          <IconX size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function SampleEntry({ sample }: { sample: Sample }) {
  const opening = useCall((studio) => studio.project.openSample({ id: sample.id }));
  const open = async () => {
    const result = await opening.run();
    if (result.ok) goTo('notebook');
    else notifyError(result.error);
  };
  return (
    <button
      type="button"
      className={styles.entry}
      data-testid={`sample-${sample.id}`}
      disabled={opening.isPending}
      onClick={() => void open()}
    >
      <b style={{ fontWeight: 550 }}>{sample.title}</b>
      <span className={`dim ${styles.wrap}`}>{sample.description}</span>
    </button>
  );
}
