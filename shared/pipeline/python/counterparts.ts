/** Magics that act on the process or the disk and have a plain counterpart in Python: read here once, for all. */

export type Counterpart =
  /** `%cd data`: a relative folder. */
  | { readonly kind: 'folder'; readonly path: string }
  /** `%env A=1`; the value may hold `$name` and `{name}`. */
  | { readonly kind: 'variable'; readonly name: string; readonly value: string }
  /** `%%writefile a.py`, with what follows its line. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly isAppended: boolean;
      readonly text: string;
    }
  /** `%env`, `%env HOME`. */
  | { readonly kind: 'shows' };

/** Null where it cannot be told what it does elsewhere. */
export function counterpartOf(name: string, rest: string): Counterpart | null {
  switch (name) {
    case 'cd':
      return folderOf(rest.trim());
    case 'env':
      return variableOf(rest.trim()) ?? (/^\w*$/.test(rest.trim()) ? { kind: 'shows' } : null);
    case 'set_env':
      return variableOf(rest.trim());
    default:
      return null;
  }
}

/** Where the home folder, a bookmark or a folder of this computer lies is another matter elsewhere. */
function folderOf(rest: string): Counterpart | null {
  const path = /^(?:-q\s+)?([\w.][\w.\-/ ]*)$/.exec(rest)?.[1];
  return path ? { kind: 'folder', path } : null;
}

function variableOf(rest: string): Counterpart | null {
  const sign = rest.includes('=') ? '=' : ' ';
  const at = rest.indexOf(sign);
  if (at < 0) return null;
  const name = rest.slice(0, at).trim();
  const value = rest.slice(at + 1).trim();
  return /^\w+$/.test(name) && isPlainText(value) ? { kind: 'variable', name, value } : null;
}

/** Braces that hold more than a simple expression may mean themselves: IPython tries and leaves them. */
const isPlainText = (value: string): boolean =>
  !/[${}]/.test(value.replace(/(?<!\$)\$[A-Za-z_]\w*|\{[A-Za-z_][\w.]*(?:\(\))?\}/g, ''));

/** A cell that begins with `%%writefile`. */
export function writtenFile(rest: string, text: string): Counterpart | null {
  const found = /^\s*(-a\s+|--append\s+)?(?:"([\w./ -]+)"|'([\w./ -]+)'|([\w./-]+))\s*$/.exec(rest);
  const path = found?.[2] ?? found?.[3] ?? found?.[4];
  if (!path || text === '') return null;
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  return { kind: 'file', path, isAppended: found?.[1] !== undefined, text: whole };
}
