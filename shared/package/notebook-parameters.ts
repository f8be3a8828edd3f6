/** Other values for a notebook's parameters, put where its own literals stand. */
import { fail } from '../base/studio-error';
import { type CellSource, type Parameter, type Pipeline, parseParameterValue } from '../pipeline';
import { pythonString } from './cell-magics';

/** The texts of the cells that change. Throws for a name that is none, a value that breaks its type, a secret. */
export function cellsWithParameters(
  cells: readonly CellSource[],
  pipeline: Pipeline,
  values: Readonly<Record<string, string>>,
): Map<CellSource['id'], string> {
  const texts = new Map<CellSource['id'], string>();
  const wanted = Object.entries(values)
    .map(([name, text]) => ({ text, parameter: parameterNamed(name, pipeline) }))
    .sort((one, two) => (two.parameter.start ?? 0) - (one.parameter.start ?? 0));
  for (const { parameter, text } of wanted) {
    const { cellId, start, end, name } = parameter;
    const source = texts.get(cellId) ?? cells.find(({ id }) => id === cellId)?.source;
    if (source === undefined || start === undefined || end === undefined) {
      fail('precondition', `The place of ${name} in the notebook is not known.`);
    }
    texts.set(cellId, source.slice(0, start) + literalOf(parameter, text) + source.slice(end));
  }
  return texts;
}

function parameterNamed(name: string, { parameters }: Pipeline): Parameter {
  const known = parameters.map((each) => each.name).join(', ') || 'none';
  return (
    parameters.find((each) => each.name === name) ??
    fail('invalid-input', `There is no parameter ${name}. The notebook’s parameters: ${known}.`)
  );
}

function literalOf(parameter: Parameter, text: string): string {
  if (parameter.type === 'secret') {
    return fail('invalid-input', `${parameter.name} is a secret: set it in the environment.`);
  }
  const checked = parseParameterValue(parameter, text);
  if (!checked.ok) return fail(checked.error.kind, checked.error.message);
  const value = checked.value;
  switch (parameter.type) {
    case 'bool':
      return value.toLowerCase() === 'true' ? 'True' : 'False';
    case 'str':
    case 'path':
    case 'date':
      return pythonString(value);
    case 'enum':
      return /^(["'\d+-]|True$|False$|None$)/.test(value) ? value : pythonString(value);
    default:
      return value;
  }
}
