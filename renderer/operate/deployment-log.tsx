/** The log: follows its end; with a search it shows what matches in all of it. */
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import type { LogLine } from '../../shared/operate';
import { useReducedStream } from '../studio';
import { callOrNotify, LogView } from '../ui';
import { addBatch, logText, NO_LINES } from './log-lines';
import styles from './operate.module.css';

const TAIL = 500;
const TYPING_PAUSE_MS = 250;

export function DeploymentLog({ deploymentId }: { deploymentId: string }) {
  const [search, setSearch] = useState('');
  const log = useReducedStream(
    (studio, options) => studio.operate.followLogs({ id: deploymentId, tail: TAIL }, options),
    addBatch,
    NO_LINES,
    [deploymentId],
  );
  const found = useSearch(deploymentId, search);
  const lines = useMemo(() => (found ?? log.lines).map(logText), [found, log.lines]);
  return (
    <section aria-label={`Log of ${deploymentId}`} data-testid="deployment-log">
      <header className={styles.cardHead}>
        <h2>Log</h2>
        <span className="dim">{found === null ? 'follows' : `${found.length} lines found`}</span>
        <TextInput
          ml="auto"
          size="xs"
          aria-label="Search the log"
          placeholder="Search the log"
          data-testid="log-search"
          leftSection={<IconSearch size={13} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </header>
      {lines.length === 0 ? (
        <p className={styles.small}>
          {found === null ? 'Nothing was logged yet.' : 'No line matches.'}
        </p>
      ) : (
        <LogView
          lines={lines}
          label={`Log lines of ${deploymentId}`}
          dropped={found === null ? log.dropped : 0}
          maxHeight={300}
        />
      )}
    </section>
  );
}

/** What matches in the whole log, or null while nothing is searched for. */
function useSearch(id: string, text: string): readonly LogLine[] | null {
  const [found, setFound] = useState<readonly LogLine[] | null>(null);
  useEffect(() => {
    if (text.trim() === '') {
      setFound(null);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const lines = await callOrNotify((studio) => studio.operate.searchLogs({ id, text }));
      if (isCurrent && lines !== null) setFound(lines);
    }, TYPING_PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [id, text]);
  return found;
}
