/** Who takes what from whom: inputs, outputs, imports, helpers and the lines that cause each edge. */
import type { CellId, StepId } from '../../base/ids';
import type { CellFacts, CellSource, Definition, NotebookFacts } from '../facts';
import type { Edge, LineReference, Parameter, Pipeline, Step } from '../pipeline';

export interface ConnectInput {
  readonly steps: readonly { readonly id: StepId; readonly cells: readonly CellFacts[] }[];
  readonly facts: NotebookFacts;
  readonly cells: readonly CellSource[];
  readonly parameters: readonly Parameter[];
  readonly helperCells: ReadonlySet<CellId>;
  readonly importCells: ReadonlySet<CellId>;
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

export interface Connected {
  readonly steps: ReadonlyMap<StepId, StepFlow>;
  readonly edges: Edge[];
  readonly imports: string[];
  readonly helpers: Pipeline['helpers'];
  /** Names that a step takes and no cell before it gives. */
  readonly missing: readonly {
    readonly fact: CellFacts;
    readonly name: string;
    readonly line: number;
  }[];
}

export function connectSteps(input: ConnectInput): Connected {
  const { steps, facts, parameters } = input;
  const imports = new Map(
    facts.flatMap(({ imports: all }) =>
      all.flatMap((one) => one.names.map((name) => [name, one.text] as const)),
    ),
  );
  const definitions = new Map(
    facts.flatMap((fact) => fact.definitions.map((one) => [one.name, { fact, one }] as const)),
  );
  const movable = new Map(
    [...definitions].filter(([, { one, fact }]) => one.isMovable && isStable(one, fact, facts)),
  );
  const parameterNames = new Set(parameters.map(({ name }) => name));
  const isValue = (name: string) =>
    !movable.has(name) && !(imports.has(name) && !isRebound(name, facts));
  const flows = new Map<StepId, { inputs: Set<string>; outputs: Set<string>; base: StepFlow }>();
  const provider = new Map<string, { id: StepId; ref: LineReference }>();
  const edges = new Map<string, Edge>();
  const missing: { fact: CellFacts; name: string; line: number }[] = [];
  const reference = (fact: CellFacts, line: number): LineReference => ({
    cellId: fact.cellId,
    line,
    text: input.cells[fact.index]?.source.split('\n')[line - 1]?.trim() ?? '',
  });

  for (const { id, cells } of steps) {
    const inside = new Set<string>();
    const inputs = new Map<string, LineReference>();
    const wanted = new Set<string>();
    const travelling = new Map<string, CellFacts>();
    for (const fact of cells) {
      for (const { name, line } of fact.read) {
        wanted.add(name);
        const definition = definitions.get(name);
        if (definition && !movable.has(name) && !cells.includes(definition.fact)) {
          travelling.set(name, definition.fact);
          continue;
        }
        if (!isValue(name) || inside.has(name) || parameterNames.has(name)) continue;
        if (!provider.has(name)) missing.push({ fact, name, line });
        else if (!inputs.has(name)) inputs.set(name, reference(fact, line));
      }
      for (const { name } of [...fact.bound, ...fact.definitions]) wanted.add(name);
      for (const { name } of fact.bound) inside.add(name);
    }
    for (const fact of cells) {
      for (const { name, line } of fact.mutated) {
        if (isValue(name) && !inside.has(name) && !inputs.has(name) && provider.has(name))
          inputs.set(name, reference(fact, line));
      }
    }
    for (const [name, reader] of inputs) {
      const from = provider.get(name);
      if (!from) continue;
      const key = `${from.id} ${id}`;
      const edge = edges.get(key) ?? { from: from.id, to: id, artifacts: [] };
      edge.artifacts.push({ name, writer: from.ref, reader });
      edges.set(key, edge);
      flows.get(from.id)?.outputs.add(name);
    }
    const outputs = new Set<string>();
    for (const fact of cells) {
      for (const { name, line } of [...fact.bound, ...fact.mutated]) {
        if (!isValue(name) || name.startsWith('_') || definitions.get(name)?.fact === fact)
          continue;
        if (!inside.has(name) && !inputs.has(name)) continue;
        provider.set(name, { id, ref: reference(fact, line) });
      }
      for (const { name } of fact.deleted) provider.delete(name);
    }
    for (const name of travellingNeeds(travelling, definitions)) wanted.add(name);
    flows.set(id, {
      inputs: new Set(inputs.keys()),
      outputs,
      base: {
        inputs: [],
        outputs: [],
        parameters: parameters
          .filter(
            ({ name, cellId, origin }) =>
              wanted.has(name) ||
              (origin === 'literal' && cells.some((fact) => fact.cellId === cellId)),
          )
          .map(({ name }) => name),
        imports: importsFor(wanted, imports, movable),
        helpers: [...wanted].filter((name) => movable.has(name)).sort(),
        travellingDefinitions: [...travelling].map(([name, fact]) => ({
          cellId: fact.cellId,
          name,
        })),
        drawsRandomly: cells.some(({ randomness }) => randomness.some(({ isSeeded }) => !isSeeded)),
      },
    });
  }
  // What is left at the end belongs to the step that made it last: a model nobody reads later is still the result.
  for (const [name, { id }] of provider) flows.get(id)?.outputs.add(name);
  return {
    steps: new Map(
      [...flows].map(([id, { inputs, outputs, base }]) => [
        id,
        { ...base, inputs: [...inputs].sort(), outputs: [...outputs].sort() },
      ]),
    ),
    edges: [...edges.values()],
    imports: [...new Set(imports.values())],
    helpers: facts.flatMap((fact) => {
      const names = fact.definitions
        .filter((one) => movable.get(one.name)?.fact === fact)
        .map(({ name }) => name);
      return names.length > 0 ? [{ cellId: fact.cellId, names }] : [];
    }),
    missing,
  };
}

/** Defined once and never bound to anything else. */
function isStable(one: Definition, fact: CellFacts, facts: NotebookFacts): boolean {
  return facts.every(
    (other) => other === fact || !other.bound.some(({ name }) => name === one.name),
  );
}

/** Bound by something that is no import: then its value depends on the place. */
function isRebound(name: string, facts: NotebookFacts): boolean {
  return facts.some(
    (fact) =>
      fact.bound.some((use) => use.name === name) &&
      !fact.imports.some(({ names }) => names.includes(name)),
  );
}

function travellingNeeds(
  travelling: ReadonlyMap<string, CellFacts>,
  definitions: ReadonlyMap<string, { readonly one: Definition }>,
): string[] {
  return [...travelling.keys()].flatMap((name) => definitions.get(name)?.one.reads ?? []);
}

/** Of the step's own names and of what its definitions read. */
function importsFor(
  wanted: ReadonlySet<string>,
  imports: ReadonlyMap<string, string>,
  movable: ReadonlyMap<string, unknown>,
): string[] {
  const texts = [...wanted].flatMap((name) =>
    imports.has(name) && !movable.has(name) ? [imports.get(name) ?? ''] : [],
  );
  return [...new Set(texts)].sort();
}
