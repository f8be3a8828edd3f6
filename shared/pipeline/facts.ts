/** What is known of a cell from its text: the names it binds and reads, what it changes in place, what can't be known. */
import { z } from 'zod';
import { cellIdSchema } from '../base/ids';
import type { RunFile } from './run-files';

/** Lines are counted from 1 within the cell. */
const line = z.number().int().positive();

export const nameUseSchema = z.object({
  name: z.string(),
  line,
  /** Whether a recorded run of this very text saw it; null where it could not tell, absent without a recording. */
  seen: z.enum(['yes', 'no']).nullable().optional(),
});
export type NameUse = z.infer<typeof nameUseSchema>;

export const mutationSchema = nameUseSchema.extend({
  /** In plain words: `fit`, `[...] =`, `.x =`, `passed to prepare()`. */
  how: z.string(),
  certainty: z.enum(['surely', 'possibly']),
});
export type Mutation = z.infer<typeof mutationSchema>;

export const definitionSchema = z.object({
  name: z.string(),
  kind: z.enum(['function', 'class']),
  line,
  endLine: line,
  /** The whole statement, decorators included. */
  text: z.string(),
  /** Free names of its body, decorators and defaults aside from builtins, its own and those of what it calls. */
  reads: z.array(z.string()),
  /** Of those the ones read once, when it is defined: defaults, decorators, bases, the body of a class. */
  fixed: z.array(z.string()),
  /** Names of the notebook it rebinds by `global`. */
  rebinds: z.array(z.string()),
  /** Bound twice in its cell, or an attribute of it is set there. */
  isChanged: z.boolean(),
  /** Whether it means the same in a module of helpers: it reads only imports and other such definitions. */
  isMovable: z.boolean(),
});
export type Definition = z.infer<typeof definitionSchema>;

export const importSchema = z.object({
  line,
  /** The statement as written, on one line. */
  text: z.string(),
  /** The top-level module: `sklearn`; empty for a relative import. */
  module: z.string(),
  /** What it binds. */
  names: z.array(z.string()),
  /** What those stand for, in the same order: `numpy`, `sklearn.svm.SVC`. */
  paths: z.array(z.string()),
  isStar: z.boolean(),
});
export type Import = z.infer<typeof importSchema>;

export const magicSchema = z.object({
  line,
  text: z.string(),
  /**
   * `python`: it holds Python that is analysed; `dropped`: means nothing outside a notebook; `rewritten`: plain Python
   * that does the same stands in the step; `unsupported`: has no place in a step.
   */
  effect: z.enum(['python', 'dropped', 'shell', 'install', 'rewritten', 'unsupported']),
});
export type Magic = z.infer<typeof magicSchema>;

export const fileUseSchema = z.object({ line, path: z.string().nullable(), how: z.string() });
export type FileUse = z.infer<typeof fileUseSchema>;

export const cellFactsSchema = z.object({
  cellId: cellIdSchema,
  /** Counted from 0 over all cells. */
  index: z.number().int(),
  kind: z.enum(['code', 'markdown', 'raw']),
  error: z.object({ line, message: z.string() }).nullable(),
  /** `isSure`: on every way through the cell. */
  bound: z.array(nameUseSchema.extend({ isSure: z.boolean() })),
  /** Names this cell needs from earlier cells, those its functions need included. */
  read: z.array(nameUseSchema),
  /** `isMaybe`: on some ways through the cell only. */
  deleted: z.array(nameUseSchema.extend({ isMaybe: z.boolean().optional() })),
  mutated: z.array(mutationSchema),
  /** Names of which the cell asks whether they are there: `'x' in globals()`. `isOwn`: it has surely bound it before. */
  asked: z.array(nameUseSchema.extend({ isOwn: z.boolean() })),
  definitions: z.array(definitionSchema),
  imports: z.array(importSchema),
  /** Modules of `from … import *`: what they bind can't be known. */
  starImports: z.array(z.object({ line, module: z.string() })),
  /** Shell commands (`!cmd`) and `?help` among them. */
  magics: z.array(magicSchema),
  filesRead: z.array(fileUseSchema),
  filesWritten: z.array(fileUseSchema),
  /** Folders put into `sys.path`, null where the text does not tell which; `isFirst`: before all others. */
  searchPaths: z.array(z.object({ line, path: z.string().nullable(), isFirst: z.boolean() })),
  environmentVariables: z.array(nameUseSchema),
  /** Calls that reach for the network, and files read by an address; `address` where the text tells it. */
  network: z.array(z.object({ line, how: z.string(), address: z.string().nullable() })),
  /** Calls that ask the time: each run gets another answer. */
  clock: z.array(z.object({ line, how: z.string() })),
  /** What looks like a password or a key in the text; null where its form alone tells. */
  secrets: z.array(z.object({ line, name: z.string().nullable() })),
  randomness: z.array(
    z.object({
      line,
      source: z.string(),
      isSeeded: z.boolean(),
      /** The stream that the whole process shares, null for a generator of its own. */
      stream: z.enum(['numpy', 'random', 'torch', 'tensorflow']).nullable(),
    }),
  ),
  /** Statements that only set a library's options: `pd.set_option(…)`, `plt.rcParams[…] = …`. */
  settings: z.array(z.object({ line, text: z.string(), reads: z.array(z.string()) })),
  /** Names left standing for what a file cannot hold well: open files, iterators, figures. */
  unsavable: z.array(
    z.object({ name: z.string(), line, kind: z.enum(['handle', 'iterator', 'drawing']) }),
  ),
  /** Names that may stand for the same object as a name of an earlier cell: `df2 = df`. */
  shared: z.array(z.object({ name: z.string(), with: z.array(z.string()) })),
  /** Nothing but imports, settings and text: it can run at the start of every step. */
  isHoistable: z.boolean(),
  isPlotting: z.boolean(),
  /** It shows something and changes nothing a later cell could see. */
  isDisplayOnly: z.boolean(),
  /** Attributes of modules and of their classes that are given another value: `json.dumps`, `pandas.DataFrame.rows`. */
  patched: z.array(nameUseSchema),
  /** `stops`: without it a step would go on with something else than the notebook has. */
  unknowable: z.array(z.object({ line, reason: z.string(), stops: z.boolean().optional() })),
});
export type CellFacts = z.infer<typeof cellFactsSchema>;

/** One per cell, in order. */
export const notebookFactsSchema = z.array(cellFactsSchema);
export type NotebookFacts = readonly CellFacts[];

export interface CellSource {
  readonly id: CellFacts['cellId'];
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  readonly tags: readonly string[];
  /** Where `source` holds the files that the cell runs: the cell as it is written, and of each line the one there. */
  readonly written?: { readonly source: string; readonly lines: readonly number[] };
  readonly runs?: readonly RunFile[];
  /** `%run` lines that stand as they are, with the reason. */
  readonly unfollowed?: readonly { readonly line: number; readonly message: string }[];
  /** The number the kernel gave its last run; the analysis of its text does not look at it. */
  readonly executionCount?: number | null;
}
