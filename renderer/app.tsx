/** The window as a whole: theme, the wait for the host, the frame. */
import { Loader, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { Frame, ThemeKeeper } from './shell';
import { useConnection } from './studio';
import { FaultLine } from './ui';
import { resolveVariables, theme } from './ui/theme';

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={resolveVariables}
    >
      <Notifications position="bottom-right" limit={4} autoClose={6000} />
      <FaultLine what="The window">
        <UntilConnected />
      </FaultLine>
    </MantineProvider>
  );
}

function UntilConnected() {
  const connection = useConnection();
  if (connection.status === 'connecting') {
    return (
      <div style={{ display: 'grid', placeItems: 'center', height: '100%' }} role="status">
        <div style={{ display: 'grid', justifyItems: 'center', gap: 12 }}>
          <Loader size="sm" />
          <span className="dim">Starting the studio's engine…</span>
        </div>
      </div>
    );
  }
  return (
    <>
      <ThemeKeeper />
      <Frame />
    </>
  );
}
