/** Who takes what from whom: inputs, outputs, imports, helpers and the lines that cause each edge. */
import type { CellId, StepId } from '../../base/ids';
import type { CellFacts, CellSource, Definition, NotebookFacts } from '../facts';
import { isReadLater } from '../flow/liveness';
import type { Edge, LineReference, Parameter, Pipeline, Step } from '../pipeline';
import { type Defined, type NotebookNames, notebookNames } from './notebook-names';

export interface ConnectInput {
  /** In the order they run. */
  readonly steps: readonly { readonly id: StepId; readonly cells: readonly CellFacts[] }[];
  readonly facts: NotebookFacts;
  readonly cells: readonly CellSource[];
  readonly parameters: readonly Parameter[];
  readonly helperCells: ReadonlySet<CellId>;
  readonly skippedCells: ReadonlySet<CellId>;
}

export type StepFlow = Pick<
  Step,
  | 'inputs'
  | 'outputs'
  | 'parameters'
  | 'imports'
  | 'helpers'
  | 'travellingDefinitions'
  | 'drawsRandomly'
>;

/** Names that a step takes and no cell before it gives. */
export interface MissingName {
  readonly fact: CellFacts;
  readonly name: string;
  readonly line: number;
}

export interface Connected {
  readonly steps: ReadonlyMap<StepId, StepFlow>;
  readonly edges: Edge[];
  readonly imports: string[];
  readonly helpers: Pipeline['helpers'];
  readonly missing: readonly MissingName[];
  readonly unsure: readonly UnsureName[];
}

/** A name that an earlier step may have deleted. */
export interface UnsureName extends MissingName {
  readonly by: CellFacts;
}

/** What a name stands for at some point of the run. */
type Current =
  | { readonly kind: 'value'; readonly step: StepId; readonly writer: LineReference }
  | { readonly kind: 'definition'; readonly step: StepId | null };

export function connectSteps(input: ConnectInput): Connected {
  const flow = new Flow(input);
  for (const step of input.steps) flow.step(step.id, step.cells);
  return flow.finish();
}

class Flow {
  readonly #names: NotebookNames;
  readonly #current = new Map<string, Current>();
  readonly #edges = new Map<string, Edge>();
  readonly #missing: MissingName[] = [];
  readonly #unsure: UnsureName[] = [];
  /** Names that may be gone, with the step and cell that may have deleted them. */
  readonly #maybeGone = new Map<string, { readonly step: StepId; readonly fact: CellFacts }>();
  readonly #drafts = new Map<StepId, StepDraft>();

  constructor(readonly input: ConnectInput) {
    this.#names = notebookNames(input.facts, input.skippedCells);
    for (const fact of input.facts) {
      if (!input.helperCells.has(fact.cellId)) continue;
      for (const { name } of fact.definitions)
        this.#current.set(name, { kind: 'definition', step: null });
    }
  }

  step(id: StepId, cells: readonly CellFacts[]): void {
    const draft = new StepDraft(new Map(this.#current));
    this.#drafts.set(id, draft);
    for (const fact of cells) this.#cell(id, fact, draft);
    for (const [name, reader] of draft.inputs) this.#link(name, reader, id, draft);
  }

  #cell(id: StepId, fact: CellFacts, draft: StepDraft): void {
    const parameters = this.#parameterNames();
    for (const { name, line } of fact.read) this.#read(name, line, id, fact, draft, parameters);
    for (const { name, line } of fact.mutated) {
      if (this.#names.isValue(name) && !draft.inside.has(name)) this.#take(name, line, fact, draft);
    }
    for (const { origin, cellId, name } of this.input.parameters) {
      if (origin === 'literal' && cellId === fact.cellId) draft.parameters.add(name);
    }
    for (const definition of fact.definitions) this.#handOn(definition, fact, draft);
    draft.draws ||= fact.randomness.some(({ stream }) => stream !== null);
    this.#write(id, fact, draft, parameters);
  }

  #read(
    name: string,
    line: number,
    id: StepId,
    fact: CellFacts,
    draft: StepDraft,
    parameters: ReadonlySet<string>,
  ): void {
    if (this.#names.movable.has(name)) {
      this.#noteHelper(name, fact, draft);
      return;
    }
    const text = this.#names.importText(name, fact.index);
    if (text !== null && !draft.inside.has(name)) draft.imports.add(text);
    if (!this.#names.isValue(name) || draft.inside.has(name)) return;
    const current = this.#current.get(name);
    if (current?.kind === 'definition') {
      if (current.step !== id) this.#travel(name, fact, draft);
    } else if (this.#take(name, line, fact, draft) || current) return;
    else if (parameters.has(name)) draft.parameters.add(name);
    else if (text === null) this.#missing.push({ fact, name, line });
  }

  /** A function handed on as a value looks into the module that made it, though that step may never call it. */
  #handOn({ name, reads }: Definition, fact: CellFacts, draft: StepDraft): void {
    if (this.#names.movable.has(name)) return;
    for (const read of reads) {
      if (draft.inside.has(read)) continue;
      const text = this.#names.importText(read, fact.index);
      if (this.#names.movable.has(read)) this.#noteHelper(read, fact, draft);
      else if (text !== null) draft.imports.add(text);
    }
  }

  #noteHelper(name: string, fact: CellFacts, draft: StepDraft): void {
    draft.helpers.add(name);
    const reads = this.#names.definition(name, fact.index)?.definition.reads ?? [];
    for (const read of reads) {
      const text = this.#names.importText(read, fact.index);
      if (text !== null) draft.imports.add(text);
      if (this.#names.movable.has(read)) draft.helpers.add(read);
    }
  }

  #travel(name: string, fact: CellFacts, draft: StepDraft): void {
    const defined = this.#names.definition(name, fact.index);
    if (!defined || draft.travelling.has(name)) return;
    draft.travelling.set(name, defined);
    // It is defined anew there: what it needs for that comes along.
    for (const read of defined.definition.fixed) {
      const text = this.#names.importText(read, defined.fact.index);
      if (this.#names.movable.has(read)) this.#noteHelper(read, fact, draft);
      else if (text !== null) draft.imports.add(text);
    }
  }

  /** Whether an earlier step gives it. */
  #take(name: string, line: number, fact: CellFacts, draft: StepDraft): boolean {
    const entry = draft.entry.get(name);
    if (entry?.kind !== 'value') return false;
    const gone = this.#maybeGone.get(name);
    if (gone && !draft.inputs.has(name)) this.#unsure.push({ fact, name, line, by: gone.fact });
    if (!draft.inputs.has(name)) draft.inputs.set(name, this.#reference(fact, line));
    return true;
  }

  #write(id: StepId, fact: CellFacts, draft: StepDraft, parameters: ReadonlySet<string>): void {
    const own = new Set(
      fact.definitions.filter((each) => this.#names.travels(each)).map((each) => each.name),
    );
    for (const { name, line, isSure } of fact.bound) {
      if (this.#names.movable.has(name)) draft.helpers.add(name);
      if (!this.#names.isValue(name)) continue;
      // Where it may stay unbound, what came from before is what a later step gets.
      if (isSure) {
        draft.inside.add(name);
        this.#maybeGone.delete(name);
      } else if (isReadLater(name, this.input.facts.slice(fact.index + 1))) {
        this.#take(name, line, fact, draft);
      }
      if (own.has(name)) this.#current.set(name, { kind: 'definition', step: id });
      else
        this.#current.set(name, { kind: 'value', step: id, writer: this.#reference(fact, line) });
    }
    for (const { name, line } of fact.mutated) {
      const isParameter = parameters.has(name) && !this.#current.has(name);
      if (!isParameter && this.#current.get(name)?.kind !== 'value') continue;
      this.#current.set(name, { kind: 'value', step: id, writer: this.#reference(fact, line) });
    }
    for (const { name, isMaybe } of fact.deleted) {
      if (isMaybe && !draft.inside.has(name)) {
        this.#maybeGone.set(name, { step: id, fact });
        continue;
      }
      this.#current.delete(name);
      draft.inside.delete(name);
    }
  }

  #link(name: string, reader: LineReference, to: StepId, draft: StepDraft): void {
    const from = draft.entry.get(name);
    if (from?.kind !== 'value') return;
    const key = `${from.step} ${to}`;
    const edge = this.#edges.get(key) ?? { from: from.step, to, artifacts: [] };
    edge.artifacts.push({ name, writer: from.writer, reader });
    this.#edges.set(key, edge);
    this.#drafts.get(from.step)?.outputs.add(name);
  }

  #reference(fact: CellFacts, line: number): LineReference {
    const text = this.input.cells[fact.index]?.source.split('\n')[line - 1]?.trim() ?? '';
    return { cellId: fact.cellId, line, text };
  }

  #parameterNames(): ReadonlySet<string> {
    return new Set(this.input.parameters.map(({ name }) => name));
  }

  finish(): Connected {
    const unsavable = new Set(
      this.input.facts.flatMap((fact) => fact.unsavable.map((each) => each.name)),
    );
    // What is left at the end belongs to the step that made it last: a model nobody reads later is still the result.
    for (const [name, current] of this.#current) {
      if (current.kind !== 'value' || name.startsWith('_') || unsavable.has(name)) continue;
      this.#drafts.get(current.step)?.outputs.add(name);
    }
    return {
      steps: new Map([...this.#drafts].map(([id, draft]) => [id, draft.finish()])),
      edges: [...this.#edges.values()],
      imports: this.#imports(),
      helpers: this.#helpers(),
      missing: this.#missing,
      unsure: this.#unsure,
    };
  }

  #imports(): string[] {
    const { facts, skippedCells } = this.input;
    const live = facts.filter((fact) => !skippedCells.has(fact.cellId));
    return [...new Set(live.flatMap((fact) => fact.imports.map((each) => each.text)))];
  }

  #helpers(): Pipeline['helpers'] {
    return this.input.facts.flatMap((fact) => {
      if (this.input.skippedCells.has(fact.cellId)) return [];
      const names = fact.definitions.filter((each) => each.isMovable).map((each) => each.name);
      return names.length > 0 ? [{ cellId: fact.cellId, names }] : [];
    });
  }
}

class StepDraft {
  readonly inputs = new Map<string, LineReference>();
  readonly outputs = new Set<string>();
  readonly parameters = new Set<string>();
  readonly imports = new Set<string>();
  readonly helpers = new Set<string>();
  readonly travelling = new Map<string, Defined>();
  /** Bound in the step on every way to here. */
  readonly inside = new Set<string>();
  draws = false;

  constructor(
    /** What names stood for when the step began. */
    readonly entry: ReadonlyMap<string, Current>,
  ) {}

  finish(): StepFlow {
    const travelling = [...this.travelling.values()].sort(
      (one, two) => one.fact.index - two.fact.index || one.definition.line - two.definition.line,
    );
    return {
      inputs: [...this.inputs.keys()].sort(),
      outputs: [...this.outputs].sort(),
      parameters: [...this.parameters],
      imports: [...this.imports].sort(),
      helpers: [...this.helpers].sort(),
      travellingDefinitions: travelling.map(({ fact, definition }) => ({
        cellId: fact.cellId,
        name: definition.name,
      })),
      drawsRandomly: this.draws,
    };
  }
}
