/** IPython's magics that people use, by what they mean for a step. */

/** Hold Python that runs: `%time fit()`; with the options that take a value. */
export const PYTHON_LINE_MAGICS: Readonly<Record<string, string>> = {
  time: '',
  timeit: 'nrp',
  prun: 'lsTD',
  memit: 'rtci',
  mprun: 'fT',
  lprun: 'fmTsu',
};

/** `%%time`: the rest of the cell is Python. */
export const PYTHON_CELL_MAGICS = new Set([
  'time',
  'timeit',
  'capture',
  'prun',
  'memit',
  'mprun',
  'lprun',
  'python',
  'python3',
  'heat',
  'wandb',
  'skip',
]);

/** `%%python` runs in a process of its own: nothing it binds comes back. */
export const OTHER_PROCESS_MAGICS = new Set(['python', 'python2', 'python3', 'pypy']);

/** Mean nothing outside a notebook. */
export const DROPPED_LINE_MAGICS = new Set(
  (
    'matplotlib load_ext reload_ext unload_ext autoreload aimport config precision who whos who_ls ls ll ' +
    'dir pwd history hist notebook doctest_mode colors xmode gui pdb pinfo pinfo2 psearch pdoc pfile ' +
    'psource quickref lsmagic magic page pprint watermark tensorboard autosave automagic logstart logstop ' +
    'logon logoff debug tb cls clear nbagg env_info alias bookmark dhist ' +
    'cat head less more man time_it qtconsole connect_info save pastebin'
  ).split(' '),
);

/** Shown or written in the notebook only; nothing a step could use. */
export const DROPPED_CELL_MAGICS = new Set([
  'html',
  'HTML',
  'javascript',
  'js',
  'latex',
  'markdown',
  'svg',
  'SVG',
]);

export const SHELL_CELL_MAGICS = new Set([
  'bash',
  'sh',
  'script',
  'cmd',
  'perl',
  'ruby',
  'system',
  'sx',
]);

export const INSTALL_LINE_MAGICS = new Set(['pip', 'conda', 'mamba', 'uv']);

/** Why a line magic cannot be followed. */
export const UNKNOWABLE_LINE_MAGICS: Readonly<Record<string, string>> = {
  run: 'runs another file, whose names come into the notebook',
  load: 'loads code from elsewhere',
  store: 'brings values from another session',
  pylab: 'imports all of numpy and matplotlib by star',
  reset: 'removes all names',
  cd: 'changes the folder, and where that lies elsewhere can’t be told: a relative folder can be followed',
  pushd: 'changes the folder that paths start from; a plain %cd can be followed',
  popd: 'changes the folder that paths start from; a plain %cd can be followed',
  env: 'sets an environment variable to what can’t be told from its text',
  set_env: 'sets an environment variable to what can’t be told from its text',
  reset_selective: 'removes names by a pattern',
  rerun: 'runs earlier cells again',
  recall: 'brings the text of earlier cells back',
  rep: 'brings the text of earlier cells back',
  macro: 'binds a name to the text of earlier cells',
  edit: 'opens an editor and runs what is written there',
};

/** Distributions in `pip install …` as typed, options left out. */
export function requirementsIn(command: string): string[] {
  const match = /\b(?:pip3?|conda|mamba)\s+install\s+([^;&|\n]*)/.exec(command);
  const words = (match?.[1] ?? '').split(/\s+/);
  const found: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = (words[index] ?? '').replace(/^["']|["']$/g, '');
    if (/^(-r|-c|-i|-f|-t|--index-url|--extra-index-url|--target|--channel|-n)$/.test(word))
      index += 1;
    else if (/^[A-Za-z0-9][\w.\-[\]=<>!~,+:/@]*$/.test(word)) found.push(word);
  }
  return found;
}
