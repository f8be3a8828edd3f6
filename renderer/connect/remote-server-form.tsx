/** A Jupyter server elsewhere: its address and token, then what runs or can be started there. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { RemoteServer } from '../../shared/connect';
import { closeDialog } from '../navigation';
import { agoInWords, callOrNotify, ErrorNotice, Section, useCall, useNow } from '../ui';
import styles from './connect.module.css';

export function RemoteServerForm() {
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const [server, setServer] = useState<RemoteServer | null>(null);
  const asking = useCall((studio) => studio.connect.listRemote({ url: url.trim(), token }));
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    const result = await asking.run();
    setServer(result.ok ? result.value : null);
  };
  const connect = async (choice: { kernelName?: string; kernelId?: string }) => {
    const started = await callOrNotify((studio) =>
      studio.connect.connectRemote({ url: url.trim(), token, ...choice }),
    );
    if (started !== null) closeDialog();
  };
  return (
    <div className={styles.form}>
      <form className={styles.form} onSubmit={(event) => void ask(event)}>
        <TextInput
          label="Address"
          description="As the server prints it when it starts; it may hold the token."
          placeholder="http://127.0.0.1:8888/?token=…"
          value={url}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          required
        />
        <PasswordInput
          label="Token"
          description="Kept only while the studio runs."
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <Button type="submit" loading={asking.isPending} style={{ justifySelf: 'start' }}>
          Show its kernels
        </Button>
      </form>
      {asking.error !== null && <ErrorNotice error={asking.error} />}
      {server !== null && (
        <RemoteKernels server={server} onConnect={(choice) => void connect(choice)} />
      )}
    </div>
  );
}

interface RemoteKernelsProps {
  readonly server: RemoteServer;
  readonly onConnect: (choice: { kernelName?: string; kernelId?: string }) => void;
}

function RemoteKernels({ server, onConnect }: RemoteKernelsProps) {
  const now = useNow(10_000);
  return (
    <div>
      <Section title={`Start a new kernel at ${server.url}`}>
        <ul className={styles.list}>
          {server.kernelSpecs.map(({ name, displayName, language }) => (
            <li key={name} className={styles.row}>
              <span>
                {displayName} <span className="dim">{language}</span>
              </span>
              <Button
                variant="default"
                aria-label={`Start ${displayName}`}
                onClick={() => onConnect({ kernelName: name })}
              >
                Start
              </Button>
            </li>
          ))}
        </ul>
      </Section>
      {server.runningKernels.length > 0 && (
        <Section title="Or join one that runs">
          <ul className={styles.list}>
            {server.runningKernels.map(({ id, name, executionState, lastActivity }) => (
              <li key={id} className={styles.row}>
                <span>
                  {name}{' '}
                  <span className="dim">
                    {executionState}, used {agoInWords(now - Date.parse(lastActivity))}
                  </span>
                </span>
                <Button
                  variant="default"
                  aria-label={`Join ${name} ${id}`}
                  onClick={() => onConnect({ kernelId: id })}
                >
                  Join
                </Button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
