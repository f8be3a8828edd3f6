/** The notebook's names in a cell's small program, whoever reads them: beside CPython's symbol table it tests the lowering. */

/** Every name that is the notebook's: read anywhere, bound at the top, bound by `global` further in. */
export function programNames(statements) {
  const found = { read: new Set(), bound: new Set(), declared: new Set() };
  for (const statement of statements) walk(statement.ops, [], found);
  return found;
}

function isNotebooks(name, scopes) {
  for (let at = scopes.length - 1; at >= 0; at -= 1) {
    const { scope, isClass } = scopes[at];
    if (scope.globals.has(name)) return true;
    if (scope.locals.has(name) && (!isClass || at === scopes.length - 1)) return false;
  }
  return true;
}

function bind(name, scopes, found) {
  const outer = scopes.filter(({ isComprehension }) => !isComprehension);
  const inner = scopes.at(-1);
  if (inner?.isComprehension && inner.scope.locals.has(name)) return;
  if (outer.length === 0) found.bound.add(name);
  else if (outer.at(-1).scope.globals.has(name)) found.declared.add(name);
}

/** Programs are plain data: whatever has a `kind` or an `op` is visited, code opens a scope. */
function walk(node, scopes, found) {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, scopes, found);
    return;
  }
  if (node === null || typeof node !== 'object' || node instanceof Set) return;
  if (node.op === 'define') {
    walk(node.before, scopes, found);
    bind(node.code.name, scopes, found);
    enter(node.code, scopes, found);
  } else if (node.op === 'import') for (const { name } of node.names) bind(name, scopes, found);
  else if (node.op === 'augment') {
    if (node.target.kind === 'name') read(node.target.name, scopes, found);
    walk(node.value, scopes, found);
    target(node.target, scopes, found);
  } else if (node.op === 'delete') target(node.target, scopes, found, true);
  else if (node.op !== undefined) op(node, scopes, found);
  else if (node.kind === 'name') read(node.name, scopes, found);
  else if (node.kind === 'function') enter(node.code, scopes, found);
  else if (node.kind === 'walrus') {
    walk(node.value, scopes, found);
    target(node.target, scopes, found);
  } else if (node.kind === 'comprehension') {
    walk(node.code.first, scopes, found);
    const inside = [...scopes, { scope: node.code, isClass: false, isComprehension: true }];
    walk(node.code.ops, inside, found);
    walk(node.code.result, inside, found);
  } else walk(Object.values(node), scopes, found);
}

function op(node, scopes, found) {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'target') target(value, scopes, found);
    else if (key === 'targets') for (const each of value) target(each, scopes, found);
    else walk(value, scopes, found);
  }
}

function target(node, scopes, found, isDelete = false) {
  if (node === null) return;
  if (node.kind === 'name') {
    if (!isDelete) bind(node.name, scopes, found);
  } else if (node.kind === 'tuple')
    for (const each of node.items) target(each, scopes, found, isDelete);
  else {
    walk(node.of, scopes, found);
    if (node.kind === 'item') walk(node.index, scopes, found);
  }
}

function enter(code, scopes, found) {
  walk(
    code.ops,
    [...scopes, { scope: code, isClass: code.kind === 'class', isComprehension: false }],
    found,
  );
}

function read(name, scopes, found) {
  if (name !== '.0' && name !== '' && isNotebooks(name, scopes)) found.read.add(name);
}
