"""Lives in the fresh kernel of a reference run: keeps what each step's names hold when its last cell has run.

It never changes results: the random streams are put back after everything it does, and it binds no name.
"""

import importlib.util
import os
import random
import shutil
import sys
from pathlib import Path

_artifacts = None
_folder = None
_held = None
_files = {}
_before = set()
# What a kernel itself loads to show things.
_KERNEL = {"matplotlib_inline", "IPython", "ipykernel", "traitlets", "comm", "debugpy", "jupyter_client", "zmq", "tornado"}


def start(artifacts_path, folder, notebook_folder, seed):
    global _artifacts, _folder
    spec = importlib.util.spec_from_file_location("_slipway_artifacts", artifacts_path)
    _artifacts = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(_artifacts)
    _folder = Path(folder)
    _folder.mkdir(parents=True, exist_ok=True)
    _follow_files(Path.cwd(), Path(notebook_folder))
    random.seed(seed)
    if importlib.util.find_spec("numpy") is not None:
        import numpy

        numpy.random.seed(seed)
    if importlib.util.find_spec("torch") is not None:
        import torch

        torch.manual_seed(seed)
    _before.update(sys.modules)


def _follow_files(workspace, notebook_folder):
    """A file beside the notebook that code opens is copied into the workspace the moment it is asked for."""

    def fetch(event, arguments):
        if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        try:
            path = Path(os.path.normpath(workspace / os.fsdecode(arguments[0])))
            relative = path.relative_to(workspace)
            source = notebook_folder / relative
            if str(relative) in _files or path.exists() or not source.is_file() or ".slipway" in relative.parts:
                return
            mode = arguments[1]
            if isinstance(mode, str) and "r" not in mode and "a" not in mode:
                return
            _files[str(relative)] = True
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
        except (ValueError, OSError):
            return

    sys.addaudithook(fetch)


def files():
    """What was copied, relative to the notebook."""
    return sorted(_files)


def modules():
    """Top-level modules that came in since the start: a library may import what no cell names."""
    loaded = {name.split(".")[0] for name in set(sys.modules) - _before}
    return sorted(name for name in loaded - _KERNEL if not name.startswith("_"))


def _random_state():
    numpy = sys.modules.get("numpy")
    torch = sys.modules.get("torch")
    return (
        random.getstate(),
        numpy.random.get_state() if numpy else None,
        torch.get_rng_state() if torch else None,
    )


def _put_back(state):
    random.setstate(state[0])
    if state[1] is not None:
        sys.modules["numpy"].random.set_state(state[1])
    if state[2] is not None:
        sys.modules["torch"].set_rng_state(state[2])


def hold_random():
    """Before a cell that is not part of the package: what it draws is not to shift what comes after it."""
    global _held
    _held = _random_state()


def release_random():
    _put_back(_held)


def capture(step, names, namespace):
    state = _random_state()
    try:
        values = {name: namespace[name] for name in names if name in namespace}
        part = _folder / (step + ".part")
        part.mkdir()
        entries = _artifacts.save(part, values)
        _artifacts.write_manifest(part, {"step": step, "artifacts": entries})
        os.replace(part, _folder / step)
    finally:
        _put_back(state)
