"""Attributes of modules, and of their classes, that the notebook gave another value."""

import importlib.util
import sys

from . import artifacts

_MISSING = object()
_before = {}


def module_of(path):
    """The longest beginning that is a module: ``pandas`` of ``pandas.DataFrame.rows``."""
    parts = path.split(".")[:-1]
    while len(parts) > 1 and not _is_module(".".join(parts)):
        parts.pop()
    return ".".join(parts)


def _is_module(name):
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False


def _owner(module, path):
    found = module
    for part in path[len(module.__name__) + 1 :].split(".")[:-1]:
        found = getattr(found, part)
    return found


def _value(module, path):
    try:
        owner = _owner(module, path)
        found = vars(owner) if isinstance(owner, type) else None
        name = path.split(".")[-1]
        return getattr(owner, name, _MISSING) if found is None else found.get(name, _MISSING)
    except AttributeError:
        return _MISSING


def watch(module, what):
    """Notes how it is now, and puts back what an earlier step has put there."""
    path, kept = what
    _before[path] = _value(module, path)
    if not kept:
        return
    if "lost" in kept:
        raise artifacts.ArtifactError(
            "%s was replaced by an earlier step with something that cannot go on to this one: %s. Put the cells that "
            "replace it and those that use it into one step." % (path, kept["lost"])
        )
    owner, name = _owner(module, path), path.split(".")[-1]
    if "value" in kept:
        setattr(owner, name, artifacts.read_bytes(kept["value"]))
    elif hasattr(owner, name):
        delattr(owner, name)


def read(paths, earlier):
    """What differs from how the modules were when they were imported."""
    found = dict(earlier)
    for path in paths:
        module = sys.modules.get(module_of(path))
        if module is None or path not in _before:
            continue
        now = _value(module, path)
        if now is _before[path]:
            found.pop(path, None)
        elif now is _MISSING:
            found[path] = {"removed": True}
        else:
            reason = artifacts.reason_against(now)
            found[path] = {"value": artifacts.to_bytes(now)} if reason is None else {"lost": reason}
    return found


def put_back():
    """Before anything else is written: what the notebook replaced is used for that too."""
    for path, value in _before.items():
        module = sys.modules.get(module_of(path))
        if module is None or _value(module, path) is value:
            continue
        owner, name = _owner(module, path), path.split(".")[-1]
        if value is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, value)
