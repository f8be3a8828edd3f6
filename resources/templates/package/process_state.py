"""What a notebook's one process remembers from cell to cell besides its variables, carried on from step to step.

The random streams go on where the step before left them; options of libraries, environment variables, the module
search path and the working folder are set again. What belongs to a library that the step imports only later is put
back when it is imported; what it never imports is handed on as it is.
"""

import os
import pickle
import sys

from . import helper_state, patches
from .pipeline import PATCHED
from .process_keepers import KEEPERS

FILE = "process.pkl"
HELPERS = __package__ + ".helpers"
# As they were when this process began.
_started = {}


def save(folder, earlier, environment):
    """`environment` holds the variables as they were when the process began."""
    state = gather(earlier, environment)
    patches.put_back()
    with open(folder / FILE, "wb") as file:
        pickle.dump(state, file, protocol=4)


def gather(earlier, environment):
    """The state as it is now; nothing is changed by looking."""
    state = dict(earlier, **{name: value for name, value in _started.items() if name == "seed"})
    for name, keeper in KEEPERS.items():
        if keeper.module in sys.modules:
            value = keeper.read(sys.modules[keeper.module])
            if value is not None:
                state[name] = value
    if HELPERS in sys.modules:
        state["helpers"] = helper_state.changes(sys.modules[HELPERS])
    state["patches"] = patches.read(PATCHED, state.get("patches") or {})
    state["folder"] = os.getcwd()
    state["path"] = _changes(_started.get("path", sys.path), sys.path, earlier.get("path"))
    state["variables"] = dict(state.get("variables", {}))
    for name in set(environment) | set(os.environ) | set(state["variables"]):
        if environment.get(name) != os.environ.get(name) or name in state["variables"]:
            state["variables"][name] = os.environ.get(name)
    return state


def load(folder):
    with open(folder / FILE, "rb") as file:
        return pickle.load(file)


def restore(state):
    _started.update(path=list(sys.path), seed=state.get("seed"))
    _apply_changes(sys.path, state.get("path") or {})
    for name, keeper in KEEPERS.items():
        if name in state:
            _when_imported(keeper.module, keeper.write, state[name])
        elif keeper.seed and state.get("seed") is not None:
            _when_imported(keeper.module, keeper.seed, state["seed"])
    if os.path.isdir(state["folder"]):
        os.chdir(state["folder"])
    _when_imported(HELPERS, helper_state.watch, state.get("helpers"))
    for path in PATCHED:
        _when_imported(patches.module_of(path), patches.watch, (path, (state.get("patches") or {}).get(path)))
    for name, value in state["variables"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _changes(before, now, earlier):
    """What was put into a list and taken out of it, with what came from earlier steps."""
    earlier = earlier or {"added": [], "removed": []}
    start = [entry for entry in before if entry not in earlier["removed"]]
    return {
        "added": [(place, entry) for place, entry in enumerate(now) if entry not in start],
        "removed": [entry for entry in before if entry not in now],
    }


def _apply_changes(entries, changes):
    for entry in changes.get("removed", []):
        if entry in entries:
            entries.remove(entry)
    for place, entry in changes.get("added", []):
        if entry not in entries:
            entries.insert(place, entry)


# ── when a module is imported ─────────────────────────────────────────────────────────────────────

_waiting = {}


def _when_imported(module, action, value):
    """Now, where it has been imported; else as soon as it is."""
    if module in sys.modules:
        action(sys.modules[module], value)
        return
    if not any(isinstance(finder, _Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watch())
    _waiting.setdefault(module, []).append((action, value))


class _Watch:
    """Finds nothing itself; what others find has the waiting actions run after it."""

    def find_spec(self, name, path=None, target=None):
        if name not in _waiting:
            return None
        import importlib.util

        actions = _waiting.pop(name)
        spec = importlib.util.find_spec(name)
        if spec is None or not hasattr(spec.loader, "exec_module"):
            _waiting[name] = actions
            return spec
        loader, execute = spec.loader, spec.loader.exec_module

        def exec_module(module):
            execute(module)
            for action, value in actions:
                action(module, value)

        try:
            loader.exec_module = exec_module
        except AttributeError:
            _waiting[name] = actions
        return spec
