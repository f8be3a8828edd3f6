/** The command line: the same studio as the window's, one verb at a time. */
import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { addAliveCommands } from './cli/alive-commands';
import { EXIT } from './cli/exit';
import { addImageCommands } from './cli/image-commands';
import { addRoadCommands } from './cli/road-commands';

const program = new Command('slipway')
  .description('Takes a Jupyter notebook into production.')
  .version(version)
  .exitOverride()
  .addHelpText(
    'after',
    '\nExit codes: 0 done; 1 it ran and the answer is no; 2 the command line or the notebook cannot be used as it is;\n3 something outside is missing (an engine, a package index, an environment); 130 cancelled.',
  );
addRoadCommands(program);
addImageCommands(program);
addAliveCommands(program);

try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  // Commander has said what was wrong; help and version end well.
  process.exitCode = thrown.exitCode === 0 ? EXIT.done : EXIT.unusable;
}
