/** Starts the window: styles, the client, the keys, and the first render. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { installKeys } from './keys';
import { listenForStudio } from './studio';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

listenForStudio();
installKeys();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
