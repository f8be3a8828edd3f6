/**
 * A cell as a small program: what is evaluated, bound and changed, in order, without the syntax. It depends on the
 * cell's text alone, so it is kept per text; `flow/` runs it against the names of the whole notebook.
 */

export interface Block {
  readonly ops: readonly Op[];
}

export type Target =
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'attribute'; readonly of: Expr; readonly name: string; readonly line: number }
  | { readonly kind: 'item'; readonly of: Expr; readonly index: Expr; readonly line: number }
  | { readonly kind: 'tuple'; readonly items: readonly Target[] };

export interface Argument {
  /** For `name=value`. */
  readonly keyword: string | null;
  readonly value: Expr;
}

export type Expr =
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  /** Has no identity worth following: a number, a sum, a comparison. Its operands are evaluated. */
  | { readonly kind: 'fresh'; readonly of: readonly Expr[]; readonly line: number }
  /** `text`: the value of a plain string; `literal`: as written, for a number, string, True, False or None. */
  | { readonly kind: 'constant'; readonly text: string | null; readonly literal: string | null }
  | { readonly kind: 'attribute'; readonly of: Expr; readonly name: string; readonly line: number }
  | {
      readonly kind: 'item';
      readonly of: Expr;
      readonly index: Expr;
      readonly isCopy: boolean;
      readonly line: number;
    }
  /** One of these: `a or b`, `a if c else b`. */
  | { readonly kind: 'either'; readonly of: readonly Expr[] }
  /** `a + b`: lists keep their items. */
  | { readonly kind: 'sum'; readonly of: readonly Expr[] }
  /** A container of these. */
  | { readonly kind: 'hold'; readonly of: readonly Expr[] }
  /** `a / b`: of texts or paths it is a path. */
  | { readonly kind: 'join'; readonly left: Expr; readonly right: Expr; readonly line: number }
  | {
      readonly kind: 'call';
      readonly callee: Expr;
      readonly args: readonly Argument[];
      readonly line: number;
    }
  /** `'x' in globals()`: whether a variable is there. */
  | {
      readonly kind: 'asks';
      readonly name: string;
      readonly where: Expr & { readonly kind: 'call' };
      readonly line: number;
    }
  | { readonly kind: 'walrus'; readonly target: Target; readonly value: Expr }
  | { readonly kind: 'function'; readonly code: FunctionCode }
  | { readonly kind: 'comprehension'; readonly code: Comprehension }
  | { readonly kind: 'yield'; readonly value: Expr };

export interface Scope {
  /** Names that belong to it. */
  readonly locals: ReadonlySet<string>;
  /** Declared `global`: straight to the notebook. */
  readonly globals: ReadonlySet<string>;
}

export interface FunctionCode extends Scope {
  readonly kind: 'function';
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly params: readonly string[];
  readonly ops: readonly Op[];
  readonly isGenerator: boolean;
  /** It makes functions, classes or generators, which may outlive the call. */
  readonly makesCode: boolean;
}

export interface ClassCode extends Scope {
  readonly kind: 'class';
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly ops: readonly Op[];
}

export interface Comprehension extends Scope {
  /** The first iterable is evaluated outside. */
  readonly first: Expr;
  readonly ops: readonly Op[];
  readonly result: readonly Expr[];
  readonly isLazy: boolean;
}

export type Op =
  | { readonly op: 'eval'; readonly value: Expr; readonly isStatement: boolean }
  | { readonly op: 'assign'; readonly targets: readonly Target[]; readonly value: Expr }
  | { readonly op: 'augment'; readonly target: Target; readonly value: Expr; readonly line: number }
  /** The targets take what iterating gives. */
  | { readonly op: 'iterate'; readonly targets: readonly Target[]; readonly value: Expr }
  | { readonly op: 'enter'; readonly target: Target | null; readonly value: Expr }
  | { readonly op: 'delete'; readonly target: Target }
  | {
      readonly op: 'import';
      /** Bound name and what it stands for: `numpy`, `sklearn.svm.SVC`. */
      readonly names: readonly { readonly name: string; readonly path: string }[];
      readonly line: number;
    }
  | { readonly op: 'star'; readonly module: string; readonly line: number }
  | {
      readonly op: 'define';
      readonly code: FunctionCode | ClassCode;
      /** Evaluated at the definition: decorators, defaults, annotations, bases. */
      readonly before: readonly Expr[];
      readonly isDecorated: boolean;
    }
  | {
      readonly op: 'branch';
      readonly arms: readonly (readonly Op[])[];
      readonly isExhaustive: boolean;
    }
  | {
      readonly op: 'loop';
      readonly body: readonly Op[];
      readonly orElse: readonly Op[];
      /** `while True`: it is left by `break` alone. */
      readonly isEndless: boolean;
    }
  | {
      readonly op: 'try';
      readonly body: readonly Op[];
      readonly handlers: readonly (readonly Op[])[];
      readonly orElse: readonly Op[];
      readonly last: readonly Op[];
    }
  | { readonly op: 'return'; readonly value: Expr | null }
  /** `raise`, `break`, `continue`: nothing after it in this block runs. */
  | { readonly op: 'leave'; readonly isBreak?: boolean };

export interface ImportLine {
  readonly line: number;
  readonly text: string;
  readonly module: string;
  readonly names: readonly string[];
  /** What those stand for. */
  readonly paths: readonly string[];
  readonly isStar: boolean;
}

export interface TopStatement {
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
  readonly kind: 'import' | 'definition' | 'setting' | 'text' | 'other';
  readonly ops: readonly Op[];
}

export interface Program {
  readonly statements: readonly TopStatement[];
  readonly imports: readonly ImportLine[];
}
