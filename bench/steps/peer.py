"""Cells per second of CPU time of marimo's visitor, and of CPython's symtable as the limit, over cells given as JSON."""

import ast
import json
import logging
import symtable
import sys
import time
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def measure(work, cells):
    failures = 0
    began = time.process_time()
    for at, source in enumerate(cells):
        try:
            work(at, source)
        except Exception:
            failures += 1
    return {"rate": len(cells) / (time.process_time() - began), "failures": failures}


def with_marimo(at, source):
    ScopedVisitor(f"cell_{at}").visit(ast.parse(source))


def with_symtable(at, source):
    symtable.symtable(source, "cell", "exec")


cells = json.load(sys.stdin)
answer = {}
try:
    began = time.process_time()
    from marimo._ast.visitor import ScopedVisitor

    load = (time.process_time() - began) * 1000
    answer["marimo"] = {**measure(with_marimo, cells), "load": load}
except ImportError:
    answer["marimo"] = None
answer["symtable"] = measure(with_symtable, cells)
json.dump(answer, sys.stdout)
