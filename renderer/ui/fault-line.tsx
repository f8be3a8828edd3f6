/** Where a fault of the window itself stops: the part that failed says so, the rest goes on. */
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { studioError } from '../../shared/base/studio-error';
import { ErrorNotice } from './notice';

interface FaultLineProps {
  /** Begins the sentence: "The place Notebook". */
  readonly what: string;
  readonly children: ReactNode;
}

export class FaultLine extends Component<FaultLineProps, { readonly thrown: unknown }> {
  override state = { thrown: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  override render(): ReactNode {
    const { thrown } = this.state;
    if (thrown === null) return this.props.children;
    return (
      <div style={{ padding: 20, maxWidth: 720 }}>
        <ErrorNotice
          error={studioError(
            'unexpected',
            `${this.props.what} could not be shown. What runs goes on, and nothing of the notebook is lost.`,
            { detail: detailOf(thrown) },
          )}
          actions={
            <>
              <Button onClick={() => this.setState({ thrown: null })}>Try again</Button>
              <Button variant="default" onClick={() => location.reload()}>
                Reload the window
              </Button>
            </>
          }
        />
      </div>
    );
  }
}

function detailOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
