"""Compares what the package's steps gave with what the notebook gave, each by its type; one JSON line per output.

Runs in the package's clean environment: compare_outputs.py <package> <reference folder> <run folder> [--steps a,b]
[--golden <folder>]. With --golden the notebook's values are kept there for the package's own tests.

"""

import argparse
import importlib
import importlib.util
import json
import math
import shutil
import sys
from pathlib import Path

# A value up to this size is kept whole for the tests; of larger tables and arrays rows evenly spread.
WHOLE_BYTES, GOLDEN_ROWS = 100_000, 200

_spec = importlib.util.spec_from_file_location(
    "slipway_comparison", Path(__file__).resolve().parents[1] / "templates" / "tests" / "comparison.py"
)
comparison = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(comparison)


class Side:
    """One of the two folders, a folder within for each step."""

    def __init__(self, artifacts, folder, steps):
        self.artifacts, self.folder, self.steps = artifacts, Path(folder), steps
        self.manifests = {step: artifacts.read_manifest(self.folder / step) for step in steps}

    def entry(self, step, name):
        entries = (self.manifests[step] or {"artifacts": []})["artifacts"]
        return next((entry for entry in entries if entry["name"] == name), None)

    def newest(self, step, name):
        """The step up to this one that gave the name its value last."""
        for each in reversed(self.steps[: self.steps.index(step) + 1]):
            entry = self.entry(each, name)
            if entry is not None and entry["file"] is not None:
                return each
        return None

    def value(self, step, name):
        return self.artifacts.load(self.folder / step, [name])[name]


def compare_step(step, notebook, package, binds=()):
    """Every output; of the inputs those that are not what they are in the notebook: a change in place was missed."""
    if notebook.manifests[step.name] is None or package.manifests[step.name] is None:
        return
    samples = tables(step, notebook)
    names = [entry["name"] for entry in notebook.manifests[step.name]["artifacts"]]
    names += [name for name in step.outputs if name not in names and package.entry(step.name, name) is not None]
    # An input that the step gives another value, and does not hand on, nobody takes from it.
    for name in (each for each in names if each in step.outputs or each not in binds):
        verdict, note, place, kind = compare_name(step, name, notebook, package, samples)
        is_output = name in step.outputs
        if is_output or verdict == "different":
            role = "output" if is_output else "input"
            result = {"stepId": step.name, "name": name, "kind": kind, "verdict": verdict, "note": note}
            yield {**result, "role": role, "place": place}


def compare_name(step, name, notebook, package, samples):
    there, here = notebook.entry(step.name, name), package.entry(step.name, name)
    if there is None:
        return "different", "the notebook has no value of this name after the step's last cell", None, here["type"]
    for entry in (there, here):
        if entry is not None and entry["file"] is None:
            return "not-compared", "it cannot be kept: %s" % entry["reason"], None, there["type"]
    owner = step.name if here is not None else package.newest(step.name, name)
    if owner is None or (here is None and name in step.outputs):
        return "different", "the package's step gave it no value", None, there["type"]
    try:
        one, two = notebook.value(step.name, name), package.value(owner, name)
    except Exception as error:
        return "not-compared", "it cannot be read back: %s" % error, None, there["type"]
    return (*comparison.compare(name, one, two, samples), there["type"])


def tables(step, side):
    """Tables of the step, on which models can be tried."""
    found = []
    for entry in side.manifests[step.name]["artifacts"]:
        if entry["file"] is None or entry["summary"].count("×") != 1:
            continue
        try:
            found.append(side.value(step.name, entry["name"]))
        except Exception:
            continue
    return found


# ── golden values ─────────────────────────────────────────────────────────────────────────────────


def keep_golden(step, results, notebook, folder):
    """The notebook's values of the step's outputs, as the package's tests compare with; what is left out says why."""
    whole, rows, left_out = {}, {}, {}
    for result in results:
        name, entry = result["name"], notebook.entry(step.name, result["name"])
        if result["role"] != "output" or entry is None:
            continue
        if result["verdict"] == "not-compared":
            left_out[name] = result["note"]
            continue
        value = notebook.value(step.name, name)
        size = (notebook.folder / step.name / entry["file"]).stat().st_size
        if size <= WHOLE_BYTES:
            whole[name] = value
        elif sliceable(value):
            rows[name] = {"length": len(value), "every": math.ceil(len(value) / GOLDEN_ROWS)}
            whole[name] = every(value, rows[name]["every"])
        else:
            left_out[name] = "its %d kB are too much for a test" % (size // 1000)
    target = folder / step.name
    target.mkdir(parents=True)
    entries = notebook.artifacts.save(target, whole)
    notebook.artifacts.write_manifest(target, {"step": step.name, "artifacts": entries})
    about = json.dumps({"rows": rows, "leftOut": left_out}, indent=1, sort_keys=True)
    (target / "about.json").write_text(about + "\n", encoding="utf-8")


def sliceable(value):
    return (hasattr(value, "iloc") or type(value).__module__ == "numpy") and getattr(value, "ndim", 0) > 0


def every(value, step):
    return value.iloc[::step].copy() if hasattr(value, "iloc") else value[::step].copy()


# ── main ──────────────────────────────────────────────────────────────────────────────────────────


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("package", "reference", "run"):
        parser.add_argument(name)
    parser.add_argument("--steps", type=lambda text: text.split(","))
    parser.add_argument("--golden", type=Path)
    return parser.parse_args()


def main():
    wish = arguments()
    artifacts = importlib.import_module(wish.package + ".artifacts")
    pipeline = importlib.import_module(wish.package + ".pipeline")
    for module in ("numpy", "pandas"):
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:
            pass
    # Values of the notebook's own modules are read back by them.
    importlib.import_module(wish.package + ".place").enter(Path(wish.run).resolve() / "workspace")
    names = [step.name for step in pipeline.STEPS]
    notebook, ours = Side(artifacts, wish.reference, names), Side(artifacts, wish.run, names)
    part = wish.golden and wish.golden.with_name(wish.golden.name + ".part")
    if part:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    for step in pipeline.STEPS:
        if wish.steps and step.name not in wish.steps:
            continue
        results = list(compare_step(step, notebook, ours, pipeline.BINDS.get(step.name, ())))
        for result in results:
            print(json.dumps(result), flush=True)
        if part and results:
            keep_golden(step, results, notebook, part)
    if part:
        shutil.rmtree(wish.golden, ignore_errors=True)
        part.replace(wish.golden)


main()
