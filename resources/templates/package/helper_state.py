"""What the functions and classes of helpers.py remember: default arguments, attributes, variables of closures.

In the notebook there is one of each for all cells. Here each step's process has its own, so what a step has changed in
them is carried on and put back in the next one.
"""

import enum
import functools
import pickle
import sys
import types

from . import artifacts

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, staticmethod, classmethod, property)
_SKIPPED = {"__dict__", "__weakref__", "_abc_impl", "__annotations__", "__annotations_cache__", "__annotate_func__"}

_before = {}


class Slot:
    """One place that holds a value; the path names it, alike in every process."""

    def __init__(self, path, owner, kind, key, value):
        self.path, self.owner, self.kind, self.key, self.value = path, owner, kind, key, value

    def mark(self):
        """Tells later whether the value is still what it was."""
        if isinstance(self.value, _PLAIN + _CODE):
            return self.value, None
        return self.value, artifacts.fingerprint(self.value)


def watch(helpers, state):
    """Notes how everything is now, and puts back what earlier steps changed."""
    _before.clear()
    _before.update({path: slot.mark() for path, slot in _slots(helpers).items()})
    if not state:
        return
    for path, reason in state["lost"].items():
        if _is_used(path[0], helpers):
            raise artifacts.ArtifactError(
                "%s was changed by an earlier step and cannot go on to this one: %s. Put the cells that change it and "
                "those that use it into one step." % (_name(path), reason)
            )
    for path, value in artifacts.read_bytes(state["values"]).items():
        _put(helpers, path, value)
    for path in state["removed"]:
        slot = _slots(helpers).get(path)
        if slot is not None and slot.kind == "attribute":
            delattr(slot.owner, slot.key)


def changes(helpers):
    """What this and earlier steps changed; None where that is nothing."""
    now = _slots(helpers)
    artifacts.held = {
        key: _name(path)
        for path, slot in now.items()
        if not isinstance(slot.value, _PLAIN + _CODE)
        for key in artifacts.mutable_in(slot.value)
    }
    changed = {path: slot.value for path, slot in now.items() if path not in _before or _differs(slot, _before[path])}
    removed = [path for path in _before if path not in now]
    lost = {}
    for path, value in list(changed.items()):
        reason = artifacts.reason_against(value)
        if reason is not None:
            lost[path] = reason
            del changed[path]
    if not changed and not removed and not lost:
        return None
    return {"values": artifacts.to_bytes(changed), "removed": removed, "lost": lost}


def _differs(slot, before):
    value, print_before = before
    if isinstance(slot.value, _PLAIN):
        return type(value) is not type(slot.value) or value != slot.value
    if slot.value is not value:
        return True
    return not isinstance(value, _CODE) and artifacts.fingerprint(value) != print_before


def _name(path):
    return ".".join(str(part) for part in path if not isinstance(part, int))


def _is_used(name, helpers):
    """Whether a step of this process takes it from the helpers."""
    steps = [module for key, module in list(sys.modules.items()) if key.startswith(__package__ + ".steps.")]
    return not steps or any(vars(module).get(name) is vars(helpers).get(name) for module in steps)


# ── the places ────────────────────────────────────────────────────────────────────────────────────


def _slots(helpers):
    found = {}
    for name, value in list(vars(helpers).items()):
        if getattr(value, "__module__", None) == helpers.__name__ and not isinstance(value, types.ModuleType):
            _visit((name,), value, helpers.__name__, found, set())
    return found


def _visit(path, value, module, found, seen):
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, types.FunctionType):
        _visit_function(path, value, module, found, seen)
    elif isinstance(value, type):
        if value.__module__ == module and not issubclass(value, enum.Enum):
            for name, each in list(vars(value).items()):
                _add(path + (name,), value, "attribute", name, each, module, found, seen)
    elif isinstance(value, (staticmethod, classmethod)):
        _visit(path + ("__func__",), value.__func__, module, found, seen)
    elif isinstance(value, property):
        for name in ("fget", "fset", "fdel"):
            _visit(path + (name,), getattr(value, name), module, found, seen)
    elif isinstance(value, functools.partial):
        _visit(path + ("func",), value.func, module, found, seen)
    elif type(value).__module__ == module and hasattr(value, "__dict__"):
        for name, each in list(vars(value).items()):
            _add(path + (name,), value, "attribute", name, each, module, found, seen)


def _visit_function(path, function, module, found, seen):
    if function.__module__ != module:
        return
    for number, each in enumerate(function.__defaults__ or ()):
        _add(path + ("default", number), function, "default", number, each, module, found, seen)
    for name, each in (function.__kwdefaults__ or {}).items():
        _add(path + ("default", name), function, "keyword", name, each, module, found, seen)
    for name, each in list(vars(function).items()):
        if name != "__wrapped__":
            _add(path + (name,), function, "attribute", name, each, module, found, seen)
    for number, cell in enumerate(function.__closure__ or ()):
        try:
            content = cell.cell_contents
        except ValueError:
            continue
        name = function.__code__.co_freevars[number]
        _add(path + (name, number), function, "cell", number, content, module, found, seen)


def _add(path, owner, kind, key, value, module, found, seen):
    if key in _SKIPPED or isinstance(value, (types.GetSetDescriptorType, types.MemberDescriptorType)):
        return
    found[path] = Slot(path, owner, kind, key, value)
    _visit(path, value, module, found, seen)


def _put(helpers, path, value):
    slots = _slots(helpers)
    slot = slots.get(path)
    if slot is None:
        # An attribute that was not there before.
        owner = slots[path[:-1]].value if path[:-1] in slots else getattr(helpers, path[0])
        setattr(owner, path[-1], value)
    elif slot.kind == "attribute":
        setattr(slot.owner, slot.key, value)
    elif slot.kind == "cell":
        slot.owner.__closure__[slot.key].cell_contents = value
    elif slot.kind == "keyword":
        slot.owner.__kwdefaults__[slot.key] = value
    else:
        defaults = list(slot.owner.__defaults__)
        defaults[slot.key] = value
        slot.owner.__defaults__ = tuple(defaults)
