/** Where things lie in a deployment's folder. Forward slashes work on every platform Node knows. */

export const deploymentPaths = (folder: string) => ({
  folder,
  record: `${folder}/deployment.json`,
  state: `${folder}/state.json`,
  /** One file a command, taken away by the supervisor. */
  commands: `${folder}/commands`,
  logs: `${folder}/logs`,
  log: `${folder}/logs/deployment.log`,
  data: `${folder}/data`,
  revisions: `${folder}/revisions`,
  revision: (number: number) => `${folder}/revisions/${number}`,
  package: (number: number) => `${folder}/revisions/${number}/package`,
});

export const environmentPython = (environment: string, platform: string): string =>
  platform === 'win32' ? `${environment}/Scripts/python.exe` : `${environment}/bin/python`;

export const LOG_FILE_BYTES = 5_000_000;
/** The newest is deployment.log, then deployment.log.1 and so on. */
export const LOG_FILES_KEPT = 5;

/** One line of a log file: time, source, stream, text. */
export const LOG_LINE = /^(\S+) (service|supervisor|run) (out|err) (.*)$/;
