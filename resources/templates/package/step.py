"""One step, in a process of its own: takes what earlier steps left, runs the step's function, keeps what it gives.

The result lies in `<step>.part` until the process that asked for it has looked at it and gives it its name, so that
nothing half-written is ever taken for done.
"""

import atexit
import importlib
import inspect
import io
import json
import os
import pickle
import shutil
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

from . import artifacts, place, process_state
from .contents import digest, digest_of_file, write_json
from .notebook import UNBOUND
from .parameters import PARAMETERS
from .pipeline import BINDS, STEPS
from .process_keepers import KEEPERS
from .watch import Watch

SOURCE = Path(__file__).resolve().parent
SEEN = "seen.json"


def run_task(task):
    """Runs the step a task names. Answers with the exit code; the traceback of a failure is beside the part."""
    name, run_folder = task["step"], Path(task["run_folder"])
    step = next(step for step in STEPS if step.name == name)
    error_file, part = run_folder / (name + ".error.json"), run_folder / (name + ".part")
    # A changed file of the same second and size would be taken for its old compiled form.
    sys.dont_write_bytecode = True
    # Told before anything imports matplotlib: with a display, `plt.show()` would wait for its window to be closed.
    os.environ["MPLBACKEND"] = "module://%s.figures" % __package__
    if task["figures"]:
        os.environ["FIGURES_FOLDER"] = str(part / "figures")
    # The calls below a step's own are more than those below a cell: what just fits in the notebook fits here.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1200))
    workspace = os.getcwd()
    place.enter(workspace)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    watch = Watch(workspace, run_folder, SOURCE)
    try:
        watch.start()
        entries, state = _call(step, run_folder, part, task)
        watch.stop()
        artifacts.write_manifest(part, {"step": name, "artifacts": entries})
        write_json(part / SEEN, {**watch.answer(_code(step)), "state": state, "helpers": _helpers(), "files": _files(part)})
    except BaseException as error:
        watch.stop()
        error_file.write_text(json.dumps(_describe(error)), encoding="utf-8")
        traceback.print_exc()
        shutil.rmtree(part, ignore_errors=True)
        return 1
    return 0


def _call(step, run_folder, part, task):
    earlier = task["earlier"]
    function = getattr(importlib.import_module(__package__ + ".steps." + step.module), step.function)
    arguments = inspect.signature(function).parameters
    may_lack = {name for name, each in arguments.items() if each.default is UNBOUND}
    inputs, companions = _load_inputs(step, run_folder, earlier, may_lack)
    parameters = {name: PARAMETERS[name].read(task["parameters"]) for name in step.parameters}
    before = {**companions, **inputs}
    prints = {name: artifacts.fingerprint(value) for name, value in before.items() if name not in step.outputs}
    variables, remembered = dict(os.environ), _remembered(run_folder, task)
    process_state.restore(remembered)
    began = _snapshot(remembered, variables)
    artifacts.running(function, {name for each in STEPS[STEPS.index(step) + 1 :] for name in BINDS[each.name]})
    result = function(**inputs, **parameters)
    if inspect.iscoroutine(result):
        import asyncio

        result = asyncio.run(result)
    process_state.save(part, remembered, variables)
    state = _used_state(began, process_state.load(part), remembered, run_folder, task)
    changed = {name for name, old in prints.items() if name not in result and artifacts.fingerprint(before[name]) != old}
    # What came in and is as it was stays with the step that made it, unless it shares an object with a result.
    needed = set(result) | changed
    entries = artifacts.save(
        part, {**before, **result}, needed=needed, required=set(step.required) | changed, context=parameters
    )
    return entries, state


# ── the process ───────────────────────────────────────────────────────────────────────────────────


def die_with_parent():
    """A step ends when the process that asked for it is gone: nobody would take its result."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)
    elif os.name == "posix":
        parent = os.getppid()

        def look():
            while os.getppid() == parent:
                time.sleep(0.2)
            os._exit(1)

        threading.Thread(target=look, daemon=True).start()


def finish(code):
    """Ends the process as Python would, without taking everything apart first."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(code)


# ── what the process remembers ────────────────────────────────────────────────────────────────────


def _remembered(run_folder, task):
    """Each part of the state from the step that changed it last; random streams nobody has drawn from begin anew."""
    if task["seed"] is None and "numpy" in sys.modules:
        # A forked process would share the stream of its parent.
        sys.modules["numpy"].random.seed()
    remembered, loaded = {}, {}
    for part, owner in task["state"].items():
        if owner not in loaded:
            loaded[owner] = process_state.load(run_folder / owner)
        if part in loaded[owner]:
            remembered[part] = loaded[owner][part]
    remembered["seed"] = task["seed"]
    remembered.setdefault("variables", {})
    folder = str(remembered.get("folder", ""))
    for owner, was in task["moved"].items():
        if task["state"].get("folder") == owner and folder.startswith(was):
            remembered["folder"] = str(run_folder) + folder[len(was) :]
    remembered.setdefault("folder", os.getcwd())
    return remembered


def _snapshot(remembered, variables):
    return pickle.loads(pickle.dumps(process_state.gather(remembered, variables), protocol=4))


def _used_state(before, after, remembered, run_folder, task):
    """Which parts of the process's state the step may have looked at, and which it changed, with their digests."""
    read, written, streams = {}, {}, []
    for part, value in after.items():
        if part == "seed":
            continue
        new = _digest_of_state(value, run_folder)
        old = _digest_of_state(before[part], run_folder) if part in before else None
        is_stream = "random" in part
        is_loaded = part not in KEEPERS or KEEPERS[part].module in sys.modules
        is_drawn = is_stream and new != old
        if is_drawn or (is_loaded and not is_stream):
            read[part] = old
        if is_drawn:
            streams.append(part)
        known = _digest_of_state(remembered[part], run_folder) if part in task["state"] else None
        # An untouched stream of its own beginning is nothing to hand on: the next step begins it in the same way.
        if new != known and (is_drawn or not is_stream) and not _is_initial(part, value, task):
            written[part] = new
    return {"read": read, "written": written, "drawn": sorted(streams)}


def _is_initial(part, value, task):
    if part in task["state"]:
        return False
    return (part == "variables" and not value) or (part == "folder" and value == place.notebook_folder(task["workspace"]))


def _digest_of_state(value, run_folder):
    """The same for equal values, whatever they share, and wherever the run's folder lies."""
    if isinstance(value, dict):
        items = sorted((repr(key), _digest_of_state(item, run_folder)) for key, item in value.items())
        return digest(*(text for pair in items for text in pair))
    if isinstance(value, str):
        return digest("text", value.replace(str(run_folder), "{run}"))
    made = io.BytesIO()
    pickler = pickle.Pickler(made, protocol=4)
    pickler.fast = True
    try:
        pickler.dump(value)
    except Exception:
        return digest(pickle.dumps(value, protocol=4))
    return digest(made.getvalue())


# ── what it leaves ────────────────────────────────────────────────────────────────────────────────


def _files(part):
    return {
        path.relative_to(part).as_posix(): [path.stat().st_size, digest_of_file(path)]
        for path in sorted(part.rglob("*"))
        if path.is_file() and path.name != SEEN
    }


def _helpers():
    return __package__ + ".helpers" in sys.modules


def _code(step):
    files = [SOURCE / "steps" / (step.module + ".py"), SOURCE / "helpers.py"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())


# ── what comes in ─────────────────────────────────────────────────────────────────────────────────


def _load_inputs(step, run_folder, earlier, may_lack):
    """The newest value of each input, and what shares objects with it."""
    manifests = {name: artifacts.read_manifest(run_folder / name) for name in earlier}
    wanted = {}
    for name in step.inputs:
        owner = next((each for each in reversed(earlier) if _has(manifests[each], name)), None)
        if owner is None and name in may_lack and _reason(name, manifests) is None:
            continue
        if owner is None:
            raise artifacts.ArtifactError(_missing(step, name, manifests))
        wanted.setdefault(owner, []).append(name)
    inputs, companions = {}, {}
    for owner, names in wanted.items():
        for name, value in artifacts.load(run_folder / owner, names).items():
            is_newest = not any(_has(manifests[later], name) for later in earlier[earlier.index(owner) + 1 :])
            if name in names:
                inputs[name] = value
            elif is_newest:
                companions[name] = value
    return inputs, companions


def _has(manifest, name):
    return manifest is not None and any(
        entry["name"] == name and entry["file"] is not None for entry in manifest["artifacts"]
    )


def _reason(name, manifests):
    """Step and reason, where the name had a value that could not be kept."""
    for owner, manifest in manifests.items():
        for entry in (manifest or {"artifacts": []})["artifacts"]:
            if entry["name"] == name and entry["reason"]:
                return owner, entry["reason"]
    return None


def _missing(step, name, manifests):
    reason = _reason(name, manifests)
    if reason is not None:
        return "%s of step %s could not be kept for step %s: %s." % (name, reason[0], step.name, reason[1])
    return "Step %s needs %s, and no earlier step gave it a value." % (step.name, name)


def _describe(error):
    frames = [
        {"file": frame.filename, "line": frame.lineno, "name": frame.name}
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    message = str(error).strip() or type(error).__name__
    return {
        "type": type(error).__name__,
        "message": message,
        "traceback": traceback.format_exc(),
        "frames": frames,
    }
