/**
 * slipway.yaml beside the notebook: what cell tags cannot hold. Comments, order and entries of other stages or of a
 * newer Slipway stay where they are.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { fail } from '../../shared/base/studio-error';
import { NO_CHOICES, type PipelineChoices, pipelineChoicesSchema } from '../../shared/pipeline';
import { writeAtomic } from '../base/files';

const VERSION = 1;

export const choicesPath = (notebook: string): string => join(dirname(notebook), 'slipway.yaml');

/** Throws StudioFailure where the file is there and cannot be understood: then nothing may be written to it. */
export async function readChoices(notebook: string): Promise<PipelineChoices> {
  const document = await readDocument(choicesPath(notebook));
  const kept: unknown = document.getIn(['notebooks', basename(notebook), 'pipeline']);
  if (kept === undefined || kept === null) return NO_CHOICES;
  const plain: unknown = JSON.parse(JSON.stringify(kept));
  const parsed = pipelineChoicesSchema.partial().safeParse(plain);
  if (parsed.success) return { ...NO_CHOICES, ...parsed.data };
  const issue = parsed.error.issues[0];
  return fail(
    'invalid-file',
    `slipway.yaml: notebooks.${basename(notebook)}.pipeline.${issue?.path.join('.')}: ${issue?.message}`,
    { place: { path: choicesPath(notebook) } },
  );
}

export async function writeChoices(notebook: string, choices: PipelineChoices): Promise<void> {
  const path = choicesPath(notebook);
  const document = await readDocument(path);
  document.set('version', VERSION);
  document.setIn(['notebooks', basename(notebook), 'pipeline'], document.createNode(choices));
  await writeAtomic(path, document.toString());
}

async function readDocument(path: string): Promise<Document> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) {
    const at = error.linePos?.[0];
    fail('invalid-file', `slipway.yaml is no valid YAML: ${error.message.split('\n')[0]}`, {
      place: { path, ...(at ? { line: at.line, column: at.col } : {}) },
    });
  }
  const version: unknown = document.get('version');
  if (typeof version === 'number' && version > VERSION) {
    fail(
      'precondition',
      'slipway.yaml was made by a newer Slipway. It is left as it is; update Slipway to use it.',
      {
        place: { path },
      },
    );
  }
  return document;
}
