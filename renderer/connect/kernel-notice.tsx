/** What went wrong with the kernel, with its buttons; nothing while all is well. */
import { Button } from '@mantine/core';
import type { KernelState } from '../../shared/connect';
import { showDialog } from '../navigation';
import { callOrNotify, ErrorNotice, useKernel } from '../ui';

export function KernelNotice() {
  const kernel = useKernel();
  const error = 'error' in kernel ? kernel.error : null;
  if (error === null) return null;
  return (
    <ErrorNotice
      error={error}
      actions={
        error.nextSteps.some(({ command }) => command !== undefined) ? undefined : (
          <Remedy kernel={kernel} />
        )
      }
    />
  );
}

/** The button of last resort where the error brings none of its own. */
function Remedy({ kernel }: { kernel: KernelState }) {
  const choose = (
    <Button variant="default" onClick={() => showDialog({ kind: 'connect', tab: 'environments' })}>
      Choose another kernel
    </Button>
  );
  if (kernel.status === 'none') return choose;
  const isDead = kernel.status === 'dead';
  return (
    <>
      <Button
        onClick={() =>
          void callOrNotify((studio) =>
            isDead ? studio.connect.restart() : studio.connect.reconnect(),
          )
        }
      >
        {isDead ? 'Start it again' : 'Reconnect'}
      </Button>
      {choose}
    </>
  );
}
