"""Runs the steps in order, each in a process of its own, and keeps what they give in a run folder.

A step's folder is written under another name and renamed when it is complete, so that nothing half-written is ever
taken for done.
"""

import asyncio
import importlib
import inspect
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

from . import artifacts, process_state
from .notebook import UNBOUND
from .parameters import PARAMETERS
from .pipeline import BINDS, STEPS

DATA = Path(os.environ.get("DATA_FOLDER") or Path(__file__).resolve().parents[2] / "data")
SETTINGS = "settings.json"


class StepFailed(Exception):
    """A step that did not come to its end."""


# ── the run ───────────────────────────────────────────────────────────────────────────────────────


def run(run_folder, parameters, report, first=None, only=None, seed=None, figures=True):
    """Runs the steps and tells each event to `report`. Answers with the finished steps' manifests."""
    run_folder = Path(run_folder).resolve()
    _prepare(run_folder, parameters, seed, figures)
    report({"event": "run-started", "run_folder": str(run_folder), "steps": [step.name for step in STEPS]})
    started = time.monotonic()
    chosen = _chosen(first, only)
    for step in STEPS:
        if step in chosen:
            _run_step(step, run_folder, report)
        elif artifacts.read_manifest(run_folder / step.name) is None and STEPS.index(step) < STEPS.index(chosen[0]):
            raise StepFailed("Step %s has not been run in %s. Run it first." % (step.name, run_folder))
        else:
            report({"event": "step-skipped", "step": step.name})
    report({"event": "run-done", "wall_ms": _since(started)})


def _chosen(first, only):
    names = [step.name for step in STEPS]
    for name in (first, only):
        if name is not None and name not in names:
            raise StepFailed("There is no step %s. The steps are %s." % (name, ", ".join(names)))
    if only is not None:
        return [step for step in STEPS if step.name == only]
    return STEPS[names.index(first) :] if first else list(STEPS)


def _prepare(run_folder, parameters, seed, figures):
    """The workspace: a copy of the data files, at the paths the code knows them by."""
    workspace = run_folder / "workspace"
    workspace.mkdir(parents=True, exist_ok=True)
    if DATA.is_dir():
        for source in sorted(DATA.rglob("*")):
            target = workspace / source.relative_to(DATA)
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    settings = {"parameters": parameters, "seed": seed, "figures": figures}
    (run_folder / SETTINGS).write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _run_step(step, run_folder, report):
    report({"event": "step-started", "step": step.name})
    started = time.monotonic()
    environment = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
    environment.setdefault("PYTHONHASHSEED", "0")
    source = str(Path(__file__).resolve().parents[1])
    environment["PYTHONPATH"] = os.pathsep.join([source] + environment.get("PYTHONPATH", "").split(os.pathsep)).strip(
        os.pathsep
    )
    command = [sys.executable, "-m", __package__, "step", step.name, "--run-folder", str(run_folder)]
    workspace = run_folder / "workspace"
    child = subprocess.Popen(
        command,
        cwd=str(workspace),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        with open(run_folder / (step.name + ".log"), "w", encoding="utf-8") as log:
            for line in child.stdout:
                log.write(line)
                report({"event": "output", "step": step.name, "line": line.rstrip("\n")})
        code, usage = _wait(child)
    except BaseException:
        child.kill()
        child.wait()
        raise
    wall = _since(started)
    manifest = artifacts.read_manifest(run_folder / step.name)
    if code != 0 or manifest is None:
        error = _read_error(run_folder / (step.name + ".error.json"), code)
        report({"event": "step-failed", "step": step.name, "wall_ms": wall, **usage, "error": error})
        raise StepFailed("Step %s failed: %s" % (step.name, error["message"]))
    report({"event": "step-done", "step": step.name, "wall_ms": wall, **usage, "artifacts": manifest["artifacts"]})


def _wait(child):
    """Waits for the process to end; where the system says so, with what it used."""
    if not hasattr(os, "wait4"):
        return child.wait(), {"cpu_ms": None, "peak_memory_bytes": None}
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    unit = 1 if sys.platform == "darwin" else 1024
    usage = {"cpu_ms": (used.ru_utime + used.ru_stime) * 1000, "peak_memory_bytes": used.ru_maxrss * unit}
    return child.returncode, usage


def _read_error(path, code):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        how = "signal %d (out of memory?)" % -code if code < 0 else "exit code %d" % code
        return {"type": "", "message": "the process ended with " + how, "traceback": "", "frames": []}


def _since(started):
    return (time.monotonic() - started) * 1000


# ── one step, in its own process ──────────────────────────────────────────────────────────────────


def run_one(name, run_folder):
    """Runs one step with what earlier steps left in the run folder. Answers with the exit code."""
    run_folder = Path(run_folder)
    settings = json.loads((run_folder / SETTINGS).read_text(encoding="utf-8"))
    step = next(step for step in STEPS if step.name == name)
    error_file = run_folder / (name + ".error.json")
    part = run_folder / (name + ".part")
    for old in (part, run_folder / name):
        if old.exists():
            shutil.rmtree(old)
    if error_file.exists():
        error_file.unlink()
    part.mkdir()
    # Told before anything imports matplotlib: with a display, `plt.show()` would wait for its window to be closed.
    os.environ["MPLBACKEND"] = "module://%s.figures" % __package__
    if settings["figures"]:
        os.environ["FIGURES_FOLDER"] = str(part / "figures")
    # Local modules of the notebook lie in the workspace.
    sys.path.insert(0, os.getcwd())
    try:
        entries = _call(step, run_folder, part, settings)
        artifacts.write_manifest(part, {"step": name, "artifacts": entries})
    except BaseException as error:
        error_file.write_text(json.dumps(_describe(error)), encoding="utf-8")
        traceback.print_exc()
        shutil.rmtree(part, ignore_errors=True)
        return 1
    os.replace(part, run_folder / name)
    return 0


def _call(step, run_folder, part, settings):
    earlier = [each.name for each in STEPS[: STEPS.index(step)]]
    function = getattr(importlib.import_module(__package__ + ".steps." + step.module), step.function)
    arguments = inspect.signature(function).parameters
    may_lack = {name for name, each in arguments.items() if each.default is UNBOUND}
    inputs, companions = _load_inputs(step, run_folder, earlier, may_lack)
    parameters = {name: PARAMETERS[name].read(settings["parameters"]) for name in step.parameters}
    before = {**companions, **inputs}
    prints = {name: artifacts.fingerprint(value) for name, value in before.items() if name not in step.outputs}
    variables, remembered = dict(os.environ), {}
    if earlier:
        remembered = process_state.load(run_folder / earlier[-1])
        process_state.restore(remembered)
    else:
        process_state.seed(settings["seed"])
    artifacts.running(function, {name for each in STEPS[STEPS.index(step) + 1 :] for name in BINDS[each.name]})
    result = function(**inputs, **parameters)
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    process_state.save(part, remembered, variables)
    changed = {name for name, old in prints.items() if name not in result and artifacts.fingerprint(before[name]) != old}
    # What came in and is as it was stays with the step that made it, unless it shares an object with a result.
    needed = set(result) | changed
    return artifacts.save(
        part, {**before, **result}, needed=needed, required=set(step.required) | changed, context=parameters
    )


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


# ── reports ───────────────────────────────────────────────────────────────────────────────────────

_lock = threading.Lock()


def print_json(event):
    """One event a line, for programs."""
    with _lock:
        print(json.dumps(event), flush=True)


def print_text(event):
    """For people."""
    kind = event["event"]
    if kind == "step-started":
        print("▸ %s" % event["step"], flush=True)
    elif kind == "output":
        print("    %s" % event["line"], flush=True)
    elif kind == "step-done":
        names = ", ".join(entry["name"] for entry in event["artifacts"] if entry["file"])
        print("  done in %.2f s: %s" % (event["wall_ms"] / 1000, names or "no outputs"), flush=True)
    elif kind == "run-done":
        print("All steps done in %.2f s." % (event["wall_ms"] / 1000), flush=True)
