import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import styles from './pipeline.module.css';

/** Asks for the name of a step. */
export function NameDialog(props: {
  title: string;
  onClose: () => void;
  onName: (name: string) => void;
}) {
  const [name, setName] = useState('');
  return (
    <Modal opened title={props.title} onClose={props.onClose} centered>
      <form
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          props.onName(name.trim());
          props.onClose();
        }}
      >
        <TextInput
          label="Name"
          data-autofocus
          data-testid="step-name-new"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={name.trim() === ''}>
          Make the step
        </Button>
      </form>
    </Modal>
  );
}
