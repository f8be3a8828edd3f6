"""What CPython itself says of cells: its symbol table, and its bytecode followed along every way.

Reads one JSON text a line (a cell's source) and writes one JSON object a line, null where CPython cannot compile it.
IPython's own transformer runs first; Python that a magic holds in a text is put back in its place.
"""

import ast
import dis
import json
import re
import symtable
import sys
import types
import warnings

from IPython.core.inputtransformer2 import TransformerManager

warnings.simplefilter("ignore")
sys.setrecursionlimit(4000)

RUN_HERE = {"time": "", "prun": "lsTD", "memit": "rtci", "mprun": "fT", "lprun": "fmTsu"}
RUN_INSIDE = {"timeit": "nrp"}
HOLD_PYTHON = {**RUN_HERE, **RUN_INSIDE}
NOT_PYTHON = set("bash sh script html HTML javascript js latex markdown svg SVG writefile file cmd ruby perl ! python "
                 "python2 python3 pypy system sx".split())


class Foreign(Exception):
    """The cell is another language's."""


def strip_options(text, valued):
    pattern = rf"\s*(?:-(?:[{valued}]\s*\S+|\w+)\s+)*" if valued else r"\s*(?:-\w+\s+)*"
    return text[re.match(pattern, text).end():]


def magic_of(node):
    """(kind, name, arguments) of `get_ipython().run_line_magic("time", "f()")`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    owner = node.func.value
    if not (isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "get_ipython"):
        return None
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if node.func.attr not in ("run_line_magic", "run_cell_magic") or len(texts) != len(node.args):
        return None
    return node.func.attr, texts[0], texts[1:]


class MagicsOut(ast.NodeTransformer):
    """Code in the text of a magic stands where the magic stood."""

    found = False

    def inside(self, body):
        made = ast.parse("def __inside():\n    pass\n__inside()").body
        made[0].body = body or made[0].body
        return made

    def visit_Expr(self, node):
        magic = magic_of(node.value)
        if magic is None:
            return self.generic_visit(node)
        self.found = True
        kind, name, texts = magic
        if kind == "run_line_magic":
            return self.line_magic(node, name, texts[0])
        return self.cell_magic(name, texts[0], texts[1] if len(texts) > 1 else "")

    def line_magic(self, node, name, text):
        if name not in HOLD_PYTHON:
            return ast.copy_location(ast.Expr(ast.Constant(0)), node)
        body = parse(strip_options(text, HOLD_PYTHON[name])).body
        return self.inside(body) if name in RUN_INSIDE else body

    def cell_magic(self, name, line, body):
        made = [] if name in NOT_PYTHON else None
        outputs = re.findall(r"--(?:out|err|proc)[ =](\w+)", line) if name in NOT_PYTHON else []
        if name == "capture":
            outputs = [word for word in line.split() if not word.startswith("-")][:1]
        if made is None:
            if name not in HOLD_PYTHON and name not in ("capture", "skip", "heat", "wandb"):
                raise Foreign(name)
            setup = strip_options(line, RUN_INSIDE["timeit"]) if name == "timeit" else ""
            made = parse(setup).body + parse(body).body
            if name in RUN_INSIDE:
                made = self.inside(made)
        return made + [ast.parse(f"{each} = None").body[0] for each in outputs]

    def visit_Call(self, node):
        magic = magic_of(node)
        if magic is None or magic[0] != "run_line_magic":
            return self.generic_visit(node)
        self.found = True
        _, name, texts = magic
        body = parse(strip_options(texts[0], HOLD_PYTHON[name])).body if name in HOLD_PYTHON else []
        if len(body) == 1 and isinstance(body[0], ast.Expr):
            return body[0].value
        return ast.copy_location(ast.Constant(None), node)


def parse(source):
    tree = ast.parse(TransformerManager().transform_cell(source))
    visitor = MagicsOut()
    tree = visitor.visit(tree)
    if visitor.found:
        ast.fix_missing_locations(tree)
    tree.had_magic = visitor.found
    return tree


def scopes(source):
    top = symtable.symtable(source, "cell", "exec")
    bound, read, inner, declared = set(), set(), set(), set()
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            bound.add(symbol.get_name())
        if symbol.is_referenced():
            read.add(symbol.get_name())

    def visit(table):
        for symbol in table.get_symbols():
            if symbol.is_global():
                if symbol.is_referenced():
                    inner.add(symbol.get_name())
                if symbol.is_declared_global() and symbol.is_assigned():
                    declared.add(symbol.get_name())
        for child in table.get_children():
            visit(child)

    for child in top.get_children():
        visit(child)
    return bound, read, inner, declared


ENDS = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"}
JUMPS = {"JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_ABSOLUTE"}
LOADS = {"LOAD_NAME", "LOAD_GLOBAL"}
STORES = {"STORE_NAME", "STORE_GLOBAL"}
DELETES = {"DELETE_NAME", "DELETE_GLOBAL"}


def ways(code):
    """Instructions of the cell itself with where each may go on; a `with` is taken not to swallow errors."""
    listed = list(dis.get_instructions(code))
    place = {each.offset: at for at, each in enumerate(listed)}
    plain = [[] for _ in listed]
    broken = [[] for _ in listed]
    for at, each in enumerate(listed):
        swallows = each.opname.startswith("POP_JUMP") and any(
            other.opname == "WITH_EXCEPT_START" for other in listed[max(0, at - 3):at])
        if each.opcode in dis.hasjrel or each.opcode in dis.hasjabs:
            if not swallows or "FALSE" in each.opname:
                plain[at].append(place[each.argval])
        if each.opname not in ENDS | JUMPS and at + 1 < len(listed):
            plain[at].append(at + 1)
    for entry in dis._parse_exception_table(code):
        for at, each in enumerate(listed):
            if entry.start <= each.offset < entry.end and entry.target in place:
                broken[at].append(place[entry.target])
    return listed, plain, broken


def exposed(code):
    """Names loaded where some way from the start has not bound them: on ways that end well, and on any."""
    listed, plain, broken = ways(code)
    good = {at for at, each in enumerate(listed) if each.opname.startswith("RETURN")}
    grew = True
    while grew:
        grew = False
        for at in range(len(listed) - 1, -1, -1):
            if at not in good and any(after in good for after in plain[at] + broken[at]):
                good.add(at)
                grew = True
    before = {0: frozenset()}
    waiting = [0]
    while waiting:
        at = waiting.pop()
        each = listed[at]
        after = before[at]
        if each.opname in STORES:
            after = after | {each.argval}
        elif each.opname in DELETES:
            after = after - {each.argval}
        for target, state in [(t, after) for t in plain[at]] + [(t, before[at]) for t in broken[at]]:
            known = before.get(target)
            merged = state if known is None else known & state
            if merged != known:
                before[target] = merged
                waiting.append(target)
    must, may = set(), set()
    for at, state in before.items():
        each = listed[at]
        if each.opname in LOADS and each.argval not in state:
            may.add(each.argval)
            if at in good:
                must.add(each.argval)
    return must, may


def stored(code, top=True):
    """Names that the bytecode stores and deletes at the top, and those it loads anywhere."""
    stores, deletes, inner = set(), set(), set()
    for each in dis.get_instructions(code):
        if top and each.opname in STORES:
            stores.add(each.argval)
        elif top and each.opname in DELETES:
            deletes.add(each.argval)
        elif each.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"):
            inner.add(each.argval)
    if not top:
        # `@x.setter` in a class reads the class's own `x`: only what may not be bound there yet is looked for outside.
        own = {each.argval for each in dis.get_instructions(code) if each.opname == "STORE_NAME"}
        inner -= own - exposed(code)[1]
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            inner |= stored(const, False)[2]
    return stores, deletes, inner


def looped(tree):
    """Targets of comprehensions: from 3.12 on the symbol table counts those at the top as the cell's own."""
    loops = [node.target for node in ast.walk(tree) if isinstance(node, ast.comprehension)]
    return {node.id for target in loops for node in ast.walk(target) if isinstance(node, ast.Name)}


def caught(tree):
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}


def answer(source):
    try:
        tree = parse(source)
        text = ast.unparse(tree) if tree.had_magic else TransformerManager().transform_cell(source)
        code = compile(text, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        bound, read, inner, declared = scopes(text)
    except Foreign as error:
        return {"foreign": str(error)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"error": str(error)}
    stores, deletes, loaded = stored(code)
    must, may = exposed(code)
    inlined = looped(tree) - stores
    bound -= inlined
    read -= inlined - loaded
    return {"bound": sorted(bound), "read": sorted(read), "inner": sorted(inner), "declared": sorted(declared),
            "stores": sorted(stores), "deletes": sorted(deletes - caught(tree)), "loaded": sorted(loaded),
            "must": sorted(must), "may": sorted(may)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
