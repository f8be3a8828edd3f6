/** The kernel waits for an answer to `input()` or `getpass()`. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { InputRequest } from '../../shared/notebook';
import { callOrNotify } from '../ui';
import styles from './notebook.module.css';
import { openState } from './session';

export function InputPrompt({ request }: { request: InputRequest }) {
  const [text, setText] = useState('');
  const answer = async (event: FormEvent) => {
    event.preventDefault();
    const open = openState();
    if (open === null) return;
    await callOrNotify((client) => client.notebook.answerInput({ path: open.path, text }));
    setText('');
  };
  const Field = request.isPassword ? PasswordInput : TextInput;
  return (
    <form
      className={styles.input}
      data-testid="input-prompt"
      onSubmit={(event) => void answer(event)}
    >
      <Field
        label={request.prompt || 'The cell waits for your answer'}
        style={{ flex: 1 }}
        value={text}
        autoFocus
        onKeyDown={(event) => event.stopPropagation()}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Button type="submit" h={34}>
        Answer
      </Button>
    </form>
  );
}
