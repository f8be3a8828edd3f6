/** A parameter's value between its Python source, as the notebook holds it, and the text a person types. */
import type { Parameter } from '../../shared/pipeline';

type ParameterType = Parameter['type'];

export type Typed =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly problem: string };

const TEXTS: readonly ParameterType[] = ['str', 'path', 'date', 'enum'];

/** `"data.csv"` is shown as data.csv where the type is a text; all else as it is written. */
export function showValue(type: ParameterType, source: string): string {
  if (!TEXTS.includes(type)) return source;
  const match = /^(["'])(.*)\1$/s.exec(source.trim());
  return match === null ? source : (match[2] ?? '').replace(/\\(["'\\])/g, '$1');
}

export function readValue(parameter: Parameter, text: string): Typed {
  const trimmed = text.trim();
  switch (parameter.type) {
    case 'int':
      return /^[+-]?\d[\d_]*$/.test(trimmed)
        ? inRange(parameter, trimmed)
        : problem('A whole number is needed.');
    case 'float':
      return /^[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)
        ? inRange(parameter, trimmed)
        : problem('A number is needed.');
    case 'bool':
      return trimmed === 'True' || trimmed === 'False'
        ? { ok: true, source: trimmed }
        : problem('True or False is needed.');
    case 'date':
      return isDate(trimmed) ? quoted(trimmed) : problem('A date is needed, as 2026-11-21.');
    case 'path':
      return trimmed === '' ? problem('A path is needed.') : quoted(trimmed);
    case 'str':
    case 'enum':
      return quoted(text);
    case 'list':
      return /^[[(].*[\])]$/s.test(trimmed)
        ? { ok: true, source: trimmed }
        : problem('A list is needed, as [1, 2, 3].');
    case 'json':
      return trimmed === '' ? problem('A value is needed.') : { ok: true, source: trimmed };
    case 'secret':
      return problem('A secret is never written down; it is asked for when it runs.');
  }
}

const problem = (text: string): Typed => ({ ok: false, problem: text });

const quoted = (text: string): Typed => ({ ok: true, source: JSON.stringify(text) });

function isDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$/.test(text) && !Number.isNaN(Date.parse(text))
  );
}

function inRange({ minimum, maximum }: Parameter, text: string): Typed {
  const value = Number(text.replaceAll('_', ''));
  if (minimum !== undefined && value < minimum) return problem(`At least ${minimum} is needed.`);
  if (maximum !== undefined && value > maximum) return problem(`At most ${maximum} is allowed.`);
  return { ok: true, source: text };
}
