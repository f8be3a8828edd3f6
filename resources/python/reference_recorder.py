"""Lives in the fresh kernel of a reference run: records what each cell does, and keeps what each step's names hold.

It never changes results: the random streams are put back after everything it does, it binds no name, and of the
notebook's objects it keeps addresses and hashes, never a reference. What it can't see it names, with the reason.
"""

import hashlib
import importlib
import importlib.util
import json
import os
import pickle
import random
import sys
import types
import time
from pathlib import Path

# For looking at values: in all so many seconds and this part of what the cells took; for one cell never more than that
# many and the same part of it, and always a little.
TOTAL_SECONDS, CELL_SECONDS, LEAST_SECONDS, SHARE = 1.0, 0.25, 0.02, 0.1

_artifacts = None
_beside = None
_process_state = None
_folder = None
_held = None
_locked = set()
_before = set()
_variables = {}
_recorder = None
# What a kernel itself loads to show things.
_KERNEL = {"matplotlib_inline", "IPython", "ipykernel", "traitlets", "comm", "debugpy", "jupyter_client", "zmq", "tornado"}


def start(templates, folder, notebook_folder, seed, shell=None, locked=(), start="", made=()):
    """`shell`: the kernel's; without one nothing is recorded but files and modules. `locked`: what the package has.
    `notebook_folder`: what is brought from there is found in the workspace, in which the notebook begins at `start`, but for what is
    `made` there by another notebook."""
    global _artifacts, _beside, _process_state, _folder, _recorder, _locked
    _locked = set(locked)
    _artifacts = _load(Path(templates) / "artifacts.py")
    _process_state = _load_process_state(templates)
    _folder = Path(folder)
    _folder.mkdir(parents=True, exist_ok=True)
    _variables.update(os.environ)
    here = Path.cwd()
    root = here.parents[len(Path(start).parts) - 1] if start else here
    _beside = _load(Path(__file__).parent / "beside.py").Beside(root, notebook_folder, made)
    _beside.follow(_told)
    random.seed(seed)
    if importlib.util.find_spec("numpy") is not None:
        import numpy

        numpy.random.seed(seed)
    if importlib.util.find_spec("torch") is not None:
        import torch

        torch.manual_seed(seed)
    _before.update(sys.modules)
    if shell is not None:
        _recorder = Recorder(shell)


def _load(path):
    spec = importlib.util.spec_from_file_location("_slipway_" + path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _load_process_state(templates):
    """It belongs to a package, of which the kernel has the parts that are the same for all."""
    package = types.ModuleType("_slipway_package")
    package.__path__ = [str(templates)]
    pipeline = types.ModuleType("_slipway_package.pipeline")
    pipeline.PATCHED = ()
    sys.modules.update({module.__name__: module for module in (package, pipeline)})
    return importlib.import_module("_slipway_package.process_state")


def _told(event, arguments):
    if _recorder is not None:
        _recorder.told(event, arguments)


def files():
    """What was copied, relative to the folder it was copied from."""
    return sorted(_beside.files)


def modules():
    """Top-level modules that came in since the start: a library may import what no cell names."""
    loaded = {name.split(".")[0] for name in set(sys.modules) - _before}
    return sorted(name for name in loaded - _KERNEL if not name.startswith("_"))


# ── random streams ────────────────────────────────────────────────────────────────────────────────


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


def _stream_prints():
    """A hash of each global stream's state: another one means that it was drawn from or seeded."""
    own, numpys, torchs = _random_state()
    prints = {"random": hash(own)}
    if numpys is not None:
        prints["numpy"] = hash((numpys[1].tobytes(), numpys[2:]))
    if torchs is not None:
        prints["torch"] = hash(torchs.numpy().tobytes())
    return prints


def hold_random():
    """Before a cell that is not part of the package: what it draws is not to shift what comes after it."""
    global _held
    _held = _random_state()


def release_random():
    _put_back(_held)


# ── what the steps' names hold ────────────────────────────────────────────────────────────────────


def capture(step, names, namespace):
    state = _random_state()
    try:
        values = {name: namespace[name] for name in names if name in namespace}
        part = _folder / (step + ".part")
        part.mkdir()
        entries = _artifacts.save(part, values)
        _keep_process(part)
        _artifacts.write_manifest(part, {"step": step, "artifacts": entries})
        os.replace(part, _folder / step)
    finally:
        _put_back(state)


def _keep_process(part):
    """A step of the package that goes on from here finds the process as the notebook left it, in its own workspace."""
    workspace, here = _folder / "workspace", os.getcwd()
    try:
        state = _process_state.gather({}, _variables)
        for name, keeper in _process_state.KEEPERS.items():
            # What Python itself remembers is the kernel's affair, but for its random stream.
            is_wanted = {"sklearn": "scikit-learn"}.get(keeper.module, keeper.module) in _locked
            if name != "random" and not is_wanted:
                state.pop(name, None)
        inside = os.path.relpath(here, str(workspace))
        state["folder"] = os.path.normpath(str(_folder.parent / "package" / "workspace" / inside))
        (part / _process_state.FILE).write_bytes(pickle.dumps(state, protocol=4))
    except Exception as error:
        (part / "process.txt").write_text("The process could not be kept: %s" % error, encoding="utf-8")


# ── what each cell does ───────────────────────────────────────────────────────────────────────────


class Recorder:
    """Follows the shell's own signals, so that nothing has to be asked of the kernel between cells."""

    def __init__(self, shell):
        here = Path(__file__).resolve().parent
        self.prints = _load(here / "object_prints.py")
        self.namespace = shell.user_ns
        self.hidden = set(shell.user_ns_hidden) | {"In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh"}
        self.hidden |= {"__name__", "__doc__", "__builtins__", "__builtin__", "get_ipython", "exit", "quit", "open"}
        self.tracer = _load(here / "cell_tracer.py").CellTracer(shell.user_ns, self.hidden)
        self.cells, self.looks, self.depth = [], {}, 0
        self.took, self.spent = 0.0, 0.0
        self.opened = None
        # Paths are told from the notebook's folder, wherever a cell has gone.
        self.home, self.root = str(Path.cwd()), os.path.join(str(_beside.workspace), "")
        self.run_code, shell.run_code = shell.run_code, self.statement
        shell.events.register("pre_run_cell", self.begin)
        shell.events.register("post_run_cell", self.end)

    def begin(self, info):
        self.depth += 1
        if self.depth > 1:
            return
        self.source = hashlib.sha256(info.raw_cell.encode("utf-8", "surrogatepass")).hexdigest()
        self.loaded = set(sys.modules)
        self.ids = {name: id(value) for name, value in self.values().items()}
        self.streams = _stream_prints()
        self.opened = {"read": {}, "written": {}, "sockets": {}, "commands": {}}
        self.has_peak = _reset_peak()
        self.cpu, self.wall = time.process_time(), time.perf_counter()
        self.tracer.begin()

    def statement(self, code, *arguments, **options):
        """The shell runs a cell statement by statement."""
        if self.depth > 0:
            self.tracer.go_on(code)
        return self.run_code(code, *arguments, **options)

    def end(self, _result):
        self.depth -= 1
        if self.depth > 0:
            return
        self.tracer.end()
        wall, cpu, peak = time.perf_counter() - self.wall, time.process_time() - self.cpu, _peak(self.has_peak)
        self.took += wall
        self.wall = wall
        opened, self.opened = self.opened, None
        started = time.perf_counter()
        try:
            row = self.row(opened)
        except Exception as error:
            row = {"lost": "%s: %s" % (type(error).__name__, error)}
        spent = time.perf_counter() - started
        self.spent += spent
        usage = {"wallMs": wall * 1000, "cpuMs": cpu * 1000, "peakMemoryBytes": peak, "recorderMs": spent * 1000}
        self.cells.append({"source": self.source, **usage, **row})

    def values(self):
        """The notebook's own names; `_1` and the like belong to the kernel."""
        return {
            name: value
            for name, value in self.namespace.items()
            if name not in self.hidden and not (name[:1] == "_" and name.lstrip("_i").isdigit())
        }

    def row(self, opened):
        values, tracer, before = self.values(), self.tracer, self.ids
        rebound = [name for name, value in values.items() if before.get(name) != id(value)]
        # `globals()[…] =` and a star import bind without an instruction of their own.
        writes = {**{name: None for name in rebound}, **tracer.writes}
        deletes = {**{name: None for name in before if name not in values}, **tracer.deletes}
        old, new, late = self.looks, self.look(values, set(tracer.reads) | set(writes)), {}
        self.looks = new
        changed, unsure = self.changes(old, new, before, values)
        groups = self.groups(new)
        for name in writes:
            if name in new and new[name].unsure:
                late[name] = new[name].unsure
        touched = [name for name in values if name in writes or name in changed]
        streams = _stream_prints()
        return {
            "reads": _uses(tracer.reads),
            "writes": _uses(writes),
            "deletes": _uses(deletes),
            "mutates": sorted(changed),
            "unsure": [{"name": name, "reason": reason} for name, reason in {**late, **unsure}.items()],
            "aliases": [group for group in groups if set(group["names"]) & set(touched)],
            "objects": [self.described(name, new[name]) for name in touched if name in new],
            "calls": [{"line": line, "what": what} for line, what in tracer.calls],
            "streams": sorted(name for name in streams if streams[name] != self.streams.get(name, streams[name])),
            "filesRead": sorted(opened["read"]),
            "filesWritten": sorted(opened["written"]),
            "sockets": sorted(opened["sockets"]),
            "commands": sorted(opened["commands"]),
            "modules": sorted({name.split(".")[0] for name in set(sys.modules) - self.loaded} - _KERNEL),
            "namesGaveUp": tracer.gave_up,
        }

    def look(self, values, first):
        """All names; those the cell used first, for which the time surely suffices."""
        in_all = TOTAL_SECONDS + SHARE * self.took - self.spent
        seconds = max(LEAST_SECONDS, min(in_all, CELL_SECONDS + SHARE * self.wall))
        order = sorted(values, key=lambda name: (name not in first, _rough_size(values[name])))
        return self.prints.look_at({name: values[name] for name in order}, seconds)

    def changes(self, old, new, ids, values):
        """Names whose very object is another value now, and those of which that can't be said."""
        changed, unsure = [], {}
        for name, look in new.items():
            before = old.get(name)
            if before is None or ids.get(name) != id(values[name]):
                continue
            if before.digest is None or look.digest is None:
                unsure[name] = look.unsure or before.unsure or "it could not be looked at"
            elif before.digest != look.digest:
                changed.append(name)
            elif look.unsure:
                unsure[name] = look.unsure
        return changed, unsure

    def groups(self, looks):
        """Names that are one object or share one within."""
        holders = {}
        for name, look in looks.items():
            for key in look.shared:
                holders.setdefault(key, []).append(name)
        found = {}
        for names in holders.values():
            if len(names) > 1:
                found.setdefault(tuple(names), None)
        same = lambda names: len({id(self.namespace.get(name)) for name in names}) == 1
        return [{"names": list(names), "isSame": same(names)} for names in found][:50]

    def described(self, name, look):
        return {"name": name, "type": look.type, "bytes": look.bytes, "digest": look.digest}

    # ── files, sockets, commands ──

    def told(self, event, arguments):
        opened = self.opened
        if opened is None:
            return
        try:
            if event == "open":
                self.file(opened, *arguments)
            elif event == "socket.connect":
                opened["sockets"][_address(arguments[1])] = True
            elif event in ("subprocess.Popen", "os.system", "os.posix_spawn"):
                opened["commands"][_address(arguments[0])] = True
        except Exception:
            return

    def file(self, opened, path, mode, flags):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        text = os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))
        if text.endswith((".pyc", ".py", ".so")) or text.startswith(("/proc", "/sys", "/dev", "/etc", sys.prefix, sys.base_prefix)):
            return
        if "/site-packages/" in text or os.path.basename(text).startswith("fontlist") or str(_folder) in text and "workspace" not in text:
            return
        shown = os.path.relpath(text, self.home) if text.startswith(self.root) else text
        is_written = any(each in mode for each in "wax+") if isinstance(mode, str) else bool(flags & (os.O_WRONLY | os.O_RDWR))
        opened["written" if is_written else "read"][shown.replace(os.sep, "/")] = True


def _rough_size(value):
    """What is small comes first. Asked of types that answer without running anything of the notebook's."""
    if type(value) in (list, tuple, dict, set, str, bytes):
        return len(value)
    return 0 if type(value) in (int, float, bool, type(None)) else 1000


def _uses(found):
    return [{"name": name, "line": line} for name, line in sorted(found.items())]


def _address(value):
    if isinstance(value, tuple):
        return ":".join(str(each) for each in value[:2])
    return os.fsdecode(value) if isinstance(value, (str, bytes, os.PathLike)) else str(type(value).__name__)


def _reset_peak():
    """Linux can begin counting the highest memory anew."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        return True
    except OSError:
        return False


def _peak(was_reset):
    try:
        if was_reset:
            with open("/proc/self/status") as file:
                line = next(line for line in file if line.startswith("VmHWM"))
            return int(line.split()[1]) * 1024
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    except (OSError, ImportError, StopIteration, ValueError):
        return None


def write_recording(path):
    """Of the cells that ran, in the order they ran."""
    text = json.dumps({"python": sys.version.split()[0], "cells": _recorder.cells if _recorder else []})
    part = path + ".part"
    Path(part).write_text(text, encoding="utf-8")
    os.replace(part, path)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
