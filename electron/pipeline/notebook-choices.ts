/** Changes of the list of a pipeline's notebooks; a wish that can't be met is refused before anything is written. */
import { basename, dirname, resolve } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import {
  checkedOrder,
  notebookList,
  type PipelineChoices,
  withList,
  withNotebook,
} from '../../shared/pipeline';
import { notebooksBeside } from './other-notebooks';

/** `notebook`: a file name beside the main one, or a path to there. */
export function added(path: string, choices: PipelineChoices, notebook: string): PipelineChoices {
  const name = basename(notebook);
  const there = resolve(dirname(path), name);
  if (![resolve(dirname(path), notebook), resolve(notebook)].includes(there)) {
    const message = `${notebook} lies in another folder than ${basename(path)}. Put it beside it: notebooks of one pipeline find their files in one folder.`;
    fail('invalid-input', message);
  }
  const beside = notebooksBeside(path);
  if (!beside.includes(name)) {
    const known = beside.length > 0 ? ` There are: ${beside.join(', ')}.` : '';
    const message = `There is no notebook ${name} beside ${basename(path)} that could be added.${known}`;
    fail('not-found', message);
  }
  return withList(choices, withNotebook(notebookList(choices, basename(path)), name));
}

export function removed(path: string, choices: PipelineChoices, notebook: string): PipelineChoices {
  const list = notebookList(choices, basename(path));
  const name = basename(notebook);
  if (name === basename(path) || !list.includes(name)) {
    fail('not-found', `${name} is none of the further notebooks of ${basename(path)}.`);
  }
  return withList(
    choices,
    list.filter((each) => each !== name),
  );
}

export function ordered(
  path: string,
  choices: PipelineChoices,
  notebooks: readonly string[],
): PipelineChoices {
  const names = notebooks.map((each) => basename(each));
  return withList(choices, checkedOrder(notebookList(choices, basename(path)), names));
}

/** Those beside the notebook that its pipeline does not have. */
export function addable(path: string, choices: PipelineChoices): string[] {
  const list = notebookList(choices, basename(path));
  return notebooksBeside(path).filter((name) => !list.includes(name));
}
