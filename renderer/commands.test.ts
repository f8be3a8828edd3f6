import { expect, test } from 'vitest';
import { COMMANDS } from '../shared/project/commands';
import { listCommands, registerCommand, runCommand } from './commands';
import { useNavigation } from './navigation';

test('a command whose place is elsewhere goes there and runs when the place registers it', async () => {
  const seen: unknown[] = [];
  useNavigation.setState({ place: 'home' });
  const wasKnown = runCommand('package.generate', 'now');
  const { place } = useNavigation.getState();
  const unregister = registerCommand({
    id: 'package.generate',
    run: (argument) => void seen.push(argument),
  });
  await Promise.resolve();
  unregister();
  expect({ wasKnown, place, seen, left: listCommands() }).toEqual({
    wasKnown: true,
    place: 'package',
    seen: ['now'],
    left: [],
  });
});

test('titles and keys come from the shared list; a name in camel case finds its command', () => {
  const seen: string[] = [];
  const unregister = registerCommand({ id: 'notebook.save-as', run: () => void seen.push('ran') });
  const [{ title, keys } = { title: '', keys: '' }] = listCommands();
  runCommand('notebook.saveAs');
  unregister();
  expect({ title, keys, seen }).toEqual({
    title: 'Save as…',
    keys: 'CmdOrCtrl+Shift+S',
    seen: ['ran'],
  });
});

test('<stage>.open goes to the place, an unknown id does nothing', () => {
  useNavigation.setState({ place: 'home' });
  const answers = [runCommand('estimate.open'), runCommand('nowhere.at-all')];
  expect({ answers, place: useNavigation.getState().place }).toEqual({
    answers: [true, false],
    place: 'estimate',
  });
});

test('no key has two commands', () => {
  const keys = COMMANDS.flatMap((command) =>
    'accelerator' in command ? [command.accelerator] : [],
  );
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
