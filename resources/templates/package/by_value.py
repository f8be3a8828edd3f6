"""Functions, closures and classes made while a step runs: no import finds them, so they are kept with what they hold."""

import builtins
import collections
import dis
import functools
import importlib
import marshal
import pickle
import sys
import types

CellType = type((lambda value: lambda: value)(0).__closure__[0])


class _Empty:
    """Stands for a variable of a closure that has no value yet."""


def reduced(value, kept):
    """How to make the value again, NotImplemented where pickle knows it. ``kept`` may refuse by raising."""
    if isinstance(value, types.FunctionType):
        if is_importable(value):
            return NotImplemented
        kept(value)
        return _reduced_function(value)
    if isinstance(value, CellType):
        return _make_cell, ()
    if isinstance(value, type) and is_made(value):
        kept(value)
        if value.__bases__ == (tuple,) and hasattr(value, "_fields"):
            return _make_record, (value.__name__, value._fields, tuple(value._field_defaults.values()), value.__module__)
        return _reduced_class(value)
    if isinstance(value, (staticmethod, classmethod)):
        return type(value), (value.__func__,)
    if type(value) is property:
        return property, (value.fget, value.fset, value.fdel, value.__doc__)
    if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
        return importlib.import_module, (value.__name__,)
    if is_global_stream(value):
        return _global_stream, ()
    if type(value).__name__ == "SList" and isinstance(value, list):
        # What IPython gives for `name = !command`.
        return list, (list(value),)
    return NotImplemented


_HEAP_TYPE = 1 << 9


def is_made(kind):
    """A class of Python code that no import finds; Python's own, such as that of None, are always there."""
    return type(kind) is type and bool(kind.__flags__ & _HEAP_TYPE) and not is_importable(kind)


def is_global_stream(value):
    """numpy's own generator, as scipy's distributions hold it: there is one in each process, and its state is carried on."""
    numpy_random = sys.modules.get("numpy.random.mtrand")
    return numpy_random is not None and value is getattr(numpy_random, "_rand", None)


def _global_stream():
    return importlib.import_module("numpy.random.mtrand")._rand


def is_of_library(value):
    """A function that goes by name, whatever it remembers: it is neither the notebook's nor of this package."""
    own = (__package__ or "").split(".")[0]
    return is_importable(value) and value.__module__.split(".")[0] != own


def is_importable(value):
    name = getattr(value, "__module__", None)
    if name == "__main__":
        # Another process has another one; classes are looked for among the helpers there, but what was made by a call.
        is_record = isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields")
        return isinstance(value, type) and not is_record and hasattr(sys.modules[name], value.__name__)
    found = sys.modules.get(name)
    for part in value.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is value


def notebook_variables(function, owner, bound_later):
    """Variables of the closure that are the notebook's own, and do not stay what they are."""
    path = function.__qualname__.split(".<locals>.")
    if len(path) < 2 or owner is None or path[0] != owner.__name__:
        return []
    codes = [owner.__code__]
    inner = set()
    for name in path[1:-1]:
        codes = [each for code in codes for each in code.co_consts if _is_code(each, name)]
        for code in codes:
            inner.update(code.co_cellvars)
    own = [name for name in function.__code__.co_freevars if name in owner.__code__.co_cellvars and name not in inner]
    return [name for name in own if name in bound_later or _rebinds(function.__code__, name)]


def _rebinds(code, name):
    stores = any(each.opname in ("STORE_DEREF", "DELETE_DEREF") and each.argval == name for each in dis.get_instructions(code))
    return stores or any(_rebinds(each, name) for each in code.co_consts if isinstance(each, types.CodeType))


def _is_code(value, name):
    return isinstance(value, types.CodeType) and value.co_name == name.split(".")[-1]


# ── functions ─────────────────────────────────────────────────────────────────────────────────────


def _reduced_function(function):
    cells = function.__closure__ or ()
    state = {
        "contents": tuple(_content(cell) for cell in cells),
        "defaults": function.__defaults__,
        "keywords": function.__kwdefaults__,
        "attributes": dict(vars(function)),
        "annotations": {name: each for name, each in _annotations(function).items()},
        "names": (function.__name__, function.__qualname__, function.__module__, function.__doc__),
    }
    module = function.__globals__.get("__name__", "")
    if module not in ("", "__main__") and module not in sys.modules:
        raise pickle.PicklingError("the function %s was made by code that has no module" % function.__name__)
    return _make_function, (marshal.dumps(function.__code__), module, cells), state, None, None, _set_function


def _annotations(function):
    try:
        return function.__annotations__
    except Exception:
        return {}


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return _Empty


def _make_cell():
    cell = (lambda value: lambda: value)(0).__closure__[0]
    del cell.cell_contents
    return cell


def _make_function(code, module, cells):
    names = {"__builtins__": builtins} if module in ("", "__main__") else vars(importlib.import_module(module))
    return types.FunctionType(marshal.loads(code), names, "", None, tuple(cells))


def _set_function(function, state):
    for cell, content in zip(function.__closure__ or (), state["contents"]):
        if content is not _Empty:
            cell.cell_contents = content
    function.__defaults__, function.__kwdefaults__ = state["defaults"], state["keywords"]
    function.__name__, function.__qualname__, function.__module__, function.__doc__ = state["names"]
    function.__annotations__ = state["annotations"]
    vars(function).update(state["attributes"])


# ── classes ───────────────────────────────────────────────────────────────────────────────────────

_OWN = {"__dict__", "__weakref__"}


def _reduced_class(kind):
    slots = kind.__dict__.get("__slots__")
    names = {slots} if isinstance(slots, str) else set(slots or ())
    attributes = {name: each for name, each in vars(kind).items() if name not in _OWN and name not in names}
    fixed = {name: attributes.pop(name) for name in ("__slots__", "__module__", "__qualname__") if name in attributes}
    return _make_class, (kind.__name__, kind.__bases__, fixed), attributes, None, None, _set_class


def _make_class(name, bases, fixed):
    return type(name, bases, dict(fixed))


def _make_record(name, fields, defaults, module):
    return collections.namedtuple(name, fields, defaults=defaults, module=module)


def _set_class(kind, attributes):
    for name, value in attributes.items():
        try:
            setattr(kind, name, value)
        except (AttributeError, TypeError):
            continue


def reason_against(value):
    """Why a kind of object cannot leave its process, where its own error would not say so; else None."""
    module, name = type(value).__module__, type(value).__qualname__
    if isinstance(value, functools._lru_cache_wrapper):
        if is_of_library(value):
            return None
        return "it keeps a cache of its results, which cannot be kept; define it in the step that calls it"
    if isinstance(value, (types.GeneratorType, types.AsyncGeneratorType)):
        return "a generator cannot be kept; make a list of it"
    if isinstance(value, (types.CoroutineType,)) or module == "_asyncio":
        return "a task that is still to be awaited cannot be kept; await it in its own step"
    if module == "_thread" or (module == "threading" and name.endswith("Lock")):
        return "a lock belongs to one process; make it in the step that uses it"
    if module.startswith(("threading", "concurrent.futures", "multiprocessing")):
        return "threads and pools belong to one process; start and end them in one step"
    if module in ("_csv", "csv") and name in ("reader", "writer"):
        return "a %s over an open file cannot be kept; make it in the step that uses it" % name
    if module == "weakref":
        return "a weak reference cannot be kept; refer to the object itself"
    if isinstance(value, memoryview):
        return "a view of memory cannot be kept; keep what it looks at"
    if module == "sqlite3":
        return "a connection (sqlite3.%s) cannot be kept; connect in the step that uses it" % name
    return None
