/** Title bar: the project, the palette, the tasks, theme and settings. */
import { ActionIcon, Kbd, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconMoon, IconSettings, IconSun } from '@tabler/icons-react';
import { findCommand } from '../../shared/project/commands';
import { runCommand } from '../commands';
import { showKeys } from '../keys';
import { goTo } from '../navigation';
import { useProject } from '../ui';
import styles from './frame.module.css';
import { Logo } from './logo';
import { openNotebook, useIsDark } from './shell-commands';
import { TaskList } from './task-list';

export function TitleBar() {
  const isDark = useIsDark();
  return (
    <header className={styles.bar}>
      <div className={styles.project}>
        <Tooltip label="Start page">
          <ActionIcon aria-label="Start page" onClick={() => goTo('home')}>
            <Logo />
          </ActionIcon>
        </Tooltip>
        <ProjectMenu />
      </div>
      <PaletteButton />
      <div className={styles.right}>
        <TaskList />
        <Tooltip label={isDark ? 'Light theme' : 'Dark theme'}>
          <ActionIcon
            aria-label={isDark ? 'Switch to the light theme' : 'Switch to the dark theme'}
            onClick={() => runCommand('view.theme')}
          >
            {isDark ? <IconMoon size={16} /> : <IconSun size={16} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`Settings (${keysOf('app.settings')})`}>
          <ActionIcon aria-label="Settings" onClick={() => runCommand('app.settings')}>
            <IconSettings size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

export function keysOf(id: string): string {
  const keys = findCommand(id)?.accelerator;
  return keys === undefined ? '' : showKeys(keys);
}

function PaletteButton() {
  return (
    <button type="button" className={styles.palette} onClick={() => runCommand('view.palette')}>
      <span>Search or run a command</span>
      <Kbd>{keysOf('view.palette')}</Kbd>
    </button>
  );
}

function ProjectMenu() {
  const project = useProject();
  const open = project?.open ?? null;
  const others = (project?.recent ?? []).filter(
    ({ path, exists }) => exists && path !== open?.path,
  );
  return (
    <>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <UnstyledButton
            className={styles.projectName}
            aria-label={open === null ? 'Open a notebook' : `Notebook ${open.name}: menu`}
            data-testid="project-menu"
          >
            {open?.name ?? 'Slipway'}{' '}
            <IconChevronDown size={13} style={{ verticalAlign: '-2px' }} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            rightSection={<Kbd>{keysOf('project.open')}</Kbd>}
            onClick={() => runCommand('project.open')}
          >
            Open notebook…
          </Menu.Item>
          {open !== null && (
            <Menu.Item onClick={() => runCommand('project.close')}>Close {open.name}</Menu.Item>
          )}
          {others.length > 0 && <Menu.Label>Recent</Menu.Label>}
          {others.slice(0, 6).map(({ path, name }) => (
            <Menu.Item key={path} title={path} onClick={() => void openNotebook(path)}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {open !== null && (
        <span className="faint" title={open.path}>
          {open.folder.split(/[\\/]/).at(-1)}
        </span>
      )}
    </>
  );
}
