/** Behind the kernel chip: the environments of this computer, one made for this notebook, or a Jupyter server. */
import { Button, Modal, Tabs } from '@mantine/core';
import { environmentIdSchema } from '../../shared/base/ids';
import { useCommands } from '../commands';
import { closeDialog, showDialog, useNavigation } from '../navigation';
import { callOrNotify, kernelName, kernelStatus, useKernel, useNotebookPath } from '../ui';
import { useNotebookImports } from '../ui/notebook-imports';
import { Environments } from './environments';
import { KernelNotice } from './kernel-notice';
import { RemoteServerForm } from './remote-server-form';

export function ConnectDialog() {
  const dialog = useNavigation((state) => state.dialog);
  useConnectCommands();
  return (
    <Modal
      opened={dialog.kind === 'connect'}
      onClose={closeDialog}
      title="Kernel: what runs the cells"
      size={720}
    >
      {dialog.kind === 'connect' && (
        <div style={{ display: 'grid', gap: 12 }}>
          <CurrentKernel />
          <KernelNotice />
          <Tabs
            value={dialog.tab}
            onChange={(tab) =>
              showDialog({ kind: 'connect', tab: tab === 'server' ? 'server' : 'environments' })
            }
          >
            <Tabs.List mb={12}>
              <Tabs.Tab value="environments">Python on this computer</Tabs.Tab>
              <Tabs.Tab value="server">Jupyter server</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="environments">
              <Environments />
            </Tabs.Panel>
            <Tabs.Panel value="server">
              <RemoteServerForm />
            </Tabs.Panel>
          </Tabs>
        </div>
      )}
    </Modal>
  );
}

function CurrentKernel() {
  const kernel = useKernel();
  const { word } = kernelStatus(kernel);
  return (
    <div style={{ display: 'flex', gap: 10, alignItems: 'center' }}>
      <span className="dim">Now:</span>
      <b style={{ fontWeight: 550 }}>{kernelName(kernel)}</b>
      <span className="dim">{word}</span>
      {'kernel' in kernel && (
        <Button
          variant="default"
          ml="auto"
          onClick={() => void callOrNotify((studio) => studio.connect.disconnect())}
        >
          Disconnect
        </Button>
      )}
    </div>
  );
}

function useConnectCommands(): void {
  const notebookPath = useNotebookPath();
  const imports = useNotebookImports();
  useCommands([
    {
      id: 'connect.make-environment',
      when: () => notebookPath !== null,
      run: async () => {
        const started = await callOrNotify((studio) =>
          studio.connect.createEnvironment({ imports: [...imports] }),
        );
        if (started !== null) showDialog({ kind: 'connect', tab: 'environments' });
      },
    },
    {
      id: 'connect.install-missing',
      title: 'Install what the notebook needs into its environment',
      run: async (argument) => {
        const environmentId = environmentIdSchema.safeParse(argument);
        if (!environmentId.success) return showDialog({ kind: 'connect', tab: 'environments' });
        // The button that led here names the environment, so pressing it is the consent.
        const change = { environmentId: environmentId.data, imports: [...imports], isAgreed: true };
        await callOrNotify((studio) => studio.connect.installMissing(change));
      },
    },
    {
      id: 'connect.refresh',
      run: async () =>
        void (await callOrNotify((studio) => studio.connect.refreshEnvironments({ notebookPath }))),
    },
    {
      id: 'connect.reconnect',
      title: 'Reconnect to the kernel',
      run: async () => void (await callOrNotify((studio) => studio.connect.reconnect())),
    },
    {
      id: 'connect.restart',
      title: 'Restart the kernel',
      run: async () => void (await callOrNotify((studio) => studio.connect.restart())),
    },
  ]);
}
