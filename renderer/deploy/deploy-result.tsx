import { Button } from '@mantine/core';
import type { DeployResult } from '../../shared/deploy';
import { goTo } from '../navigation';
import { Card, Copy, KeyValues, Pill } from '../ui';
import styles from './deploy.module.css';
import { TryIt } from './try-it';

/** What came of it: where it answers, how to call it, and a form to try it. */
export function DeployResultCard({ result }: { result: DeployResult }) {
  const { url, curl, nextRunAt } = result;
  return (
    <Card>
      <section aria-label="Result" className={styles.result} data-testid="deploy-result">
        <header className={styles.resultHead}>
          <Pill tone="ok">✓ deployed</Pill>
          <b>
            {result.deploymentId}, revision {result.revision}
          </b>
          <Button variant="default" ml="auto" onClick={() => goTo('operate')}>
            Show it in Alive
          </Button>
        </header>
        <KeyValues
          rows={[
            [
              'URL',
              url === null ? null : (
                <WithCopy key="url" text={url} label="Copy the URL" testId="deploy-url" />
              ),
            ],
            ['Next run', nextRunAt === null ? null : new Date(nextRunAt).toLocaleString()],
          ]}
        />
        {result.mode === 'service' && url === null && (
          <p className="dim">
            It has no address that this computer reaches by itself; what you try here goes through a
            way that is opened for it.
          </p>
        )}
        {result.mode === 'service' && <TryIt deploymentId={result.key} />}
        {curl !== null && <Curl text={curl} />}
        <ul className={styles.sentences}>
          {result.survival.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </section>
    </Card>
  );
}

function WithCopy({ text, label, testId }: { text: string; label: string; testId: string }) {
  return (
    <span className={styles.withCopy}>
      <code data-testid={testId}>{text}</code>
      <Copy text={text} label={label} />
    </span>
  );
}

function Curl({ text }: { text: string }) {
  return (
    <div className={styles.curl}>
      <span className="dim">From a terminal</span>
      <Copy text={text} label="Copy as curl" />
      <pre data-testid="deploy-curl">{text}</pre>
    </div>
  );
}
