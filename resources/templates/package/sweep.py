"""The steps for many values of the parameters: a run folder for each combination, what they share is run once."""

import csv
import dataclasses
import io
import json
import os
import queue
import re
import shutil
import threading
import time
from pathlib import Path

from .contents import digest, read_json, write_json
from .lock import InUse
from .parameters import PARAMETERS
from .pipeline import STEPS
from .processes import Cancelled, Processes
from .reports import print_json, text
from .runner import DATA, STATE, StepFailed, run
from .sweep_values import combinations
from .traces import read_trace

NUMBERS = re.compile(r"^(int|float|bool|numpy\.(bool_?|u?int\d+|float\d+|longdouble))$")


def sweep(arguments, wish):
    """Runs all combinations, writes the table of results, answers with the exit code."""
    wanted = combinations(arguments.grid, arguments.listed, arguments.file)
    for name in {name for each in wanted for name in each} & set(wish.parameters):
        raise ValueError("%s is swept, so it cannot have one value too. Leave out --%s." % (name, name.replace("_", "-")))
    metrics = [_metric(each) for each in arguments.metric]
    root = Path(arguments.sweep_folder).resolve()
    folders = [root / _folder_name(each) for each in wanted]
    if arguments.fresh:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
    show = print_json if arguments.json else _print_line
    show({"event": "sweep-started", "sweep_folder": str(root), "combinations": [_plain(each) for each in wanted]})
    started = time.monotonic()
    processes = Processes(arguments.isolate, DATA)
    try:
        one = dataclasses.replace(wish, fresh=False, jobs=1)
        rows = _run_all(wanted, folders, one, arguments.jobs, processes, show, metrics)
    finally:
        processes.close()
    _write(root, rows)
    show({"event": "sweep-done", "wall_ms": (time.monotonic() - started) * 1000, "results": rows})
    return 1 if any(row["error"] for row in rows) else 0


def _metric(told):
    step, _, name = told.rpartition(".")
    if step and step not in [each.name for each in STEPS]:
        raise ValueError("There is no step %s. The steps are %s." % (step, ", ".join(each.name for each in STEPS)))
    if not any(name in each.outputs for each in STEPS if step in ("", each.name)):
        raise ValueError("No step gives %s." % told)
    return step, name


def _folder_name(parameters):
    words = ",".join("%s=%s" % (name, parameters[name]) for name in PARAMETERS if name in parameters)
    plain = re.sub(r"[^\w.,=+-]", "_", words)
    return plain if plain == words and len(plain) < 80 else plain[:70] + "-" + digest(repr(parameters))[:8]


# ── running ───────────────────────────────────────────────────────────────────────────────────────


def _run_all(wanted, folders, wish, jobs, processes, show, metrics):
    processes.start()
    others = [each for each in folders[0].parent.iterdir() if (each / STATE).is_dir()] if folders[0].parent.is_dir() else []
    share, waiting = Share(jobs, list(dict.fromkeys([*folders, *sorted(others)]))), queue.Queue()
    for number in range(len(wanted)):
        waiting.put(number)
    rows = [None] * len(wanted)

    def work():
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            folder, took = folders[number], []

            def tell(event):
                if event["event"] in ("step-done", "step-failed"):
                    took.append(event["wall_ms"])
                show({"combination": number, **event})

            outcome = _run_one(wanted[number], folder, wish, processes, share, tell)
            values = _values(folder, metrics) if not outcome["error"] else {}
            about = {"run_folder": str(folder), "wall_ms": sum(took)}
            rows[number] = {"parameters": _plain(wanted[number]), **outcome, "values": values, **about}
            show({"event": "combination-done", "combination": number, "row": rows[number]})

    # Those that wait for a step another one runs must not keep all workers from running.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(len(wanted), 2 * jobs))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
    except BaseException:
        with waiting.mutex:
            waiting.queue.clear()
        processes.cancel()
        raise
    return rows


def _run_one(parameters, folder, wish, processes, share, tell):
    folder.mkdir(parents=True, exist_ok=True)
    own = dataclasses.replace(wish, parameters={**wish.parameters, **parameters})
    try:
        ran = run(folder, own, tell, processes, share)
        return {"ran": ran, "error": None}
    except (StepFailed, InUse, OSError) as error:
        tell({"event": "combination-failed", "message": str(error)})
        return {"ran": [], "error": str(error)}
    except Cancelled:
        return {"ran": [], "error": "cancelled"}


class Share:
    """What the runs of a sweep know of one another: how many steps may run, who runs what, what is there already."""

    def __init__(self, jobs, folders):
        self._slots = threading.BoundedSemaphore(jobs)
        self._changed = threading.Condition()
        self._claims, self._known = {}, {step.name: {} for step in STEPS}
        salts = (folder / STATE / "salt" for folder in folders)
        self.salt = next((salt.read_bytes() for salt in salts if salt.exists()), None) or os.urandom(16)
        for folder in folders:
            for step in STEPS:
                trace = read_trace(folder / step.name)
                if trace is not None:
                    self.add(step.name, folder, trace)

    def slot(self):
        return self._slots

    def add(self, name, folder, trace):
        same = digest(json.dumps({key: value for key, value in trace.items() if key not in ("run_folder", "usage")}, sort_keys=True))
        with self._changed:
            self._known[name].setdefault(same, folder)

    def results(self, name):
        """Run folders with results of a step that differ in what they were made from."""
        with self._changed:
            return list(self._known[name].values())

    def claim(self, owner, identity):
        """True: run it. False: another run was running the same, and has ended; look again."""
        with self._changed:
            if self._claims.get(identity, owner) is owner:
                self._release(owner)
                self._claims[identity] = owner
                return True
            self._changed.wait_for(lambda: identity not in self._claims)
            return False

    def release(self, owner):
        with self._changed:
            self._release(owner)

    def _release(self, owner):
        for identity in [identity for identity, each in self._claims.items() if each is owner]:
            del self._claims[identity]
        self._changed.notify_all()


# ── results ───────────────────────────────────────────────────────────────────────────────────────


def _values(folder, metrics):
    """The outputs asked for, or the numbers of the last step that gives any."""
    if metrics:
        found = {}
        for step, name in metrics:
            owners = [each.name for each in STEPS if step in ("", each.name) and name in each.outputs]
            found.update(_numbers(folder / owners[-1], [name], lambda key, owner=owners[-1]: owner + "." + key if step else key))
        return found
    for step in reversed(STEPS):
        found = _numbers(folder / step.name, None, str)
        if found:
            return found
    return {}


def _numbers(folder, names, title):
    manifest = read_json(folder / "manifest.json") or {"artifacts": []}
    found = {}
    for entry in manifest["artifacts"]:
        name = entry["name"]
        if entry["file"] is None or (names is not None and name not in names):
            continue
        if entry["kind"] == "json":
            value = read_json(folder / entry["file"])
        elif NUMBERS.match(entry["type"]) or (names is not None and entry["bytes"] < 10_000):
            from . import artifacts

            value = artifacts.load(folder, [name])[name]
            value = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
        else:
            continue
        if isinstance(value, (bool, int, float)) or (names is not None and isinstance(value, str)):
            found[title(name)] = value
        elif isinstance(value, dict):
            for key, each in value.items():
                if isinstance(each, (bool, int, float)):
                    found[title(name + "." + str(key))] = each
    return found


def _plain(parameters):
    return json.loads(json.dumps(parameters, default=str))


def _write(root, rows):
    root.mkdir(parents=True, exist_ok=True)
    write_json(root / "results.json", rows)
    head, lines = table(rows)
    made = io.StringIO()
    csv.writer(made).writerows([head, *lines])
    (root / "results.csv").write_text(made.getvalue(), encoding="utf-8")


def table(rows):
    """Head and lines: parameters, values, and the error where there is one."""
    names = list(dict.fromkeys(name for row in rows for name in row["parameters"]))
    values = list(dict.fromkeys(name for row in rows for name in row["values"]))
    failed = any(row["error"] for row in rows)
    titles = [name + " (result)" if name in names else name for name in values]
    head = names + titles + (["error"] if failed else [])
    lines = []
    for row in rows:
        line = [_cell(row["parameters"].get(name, PARAMETERS[name].default)) for name in names]
        line += [_cell(row["values"].get(name, "")) for name in values]
        lines.append(line + ([row["error"] or ""] if failed else []))
    return head, lines


def _cell(value):
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _print_line(event):
    kind = event["event"]
    if kind == "sweep-started":
        line = "%d combinations" % len(event["combinations"])
    elif kind == "sweep-done":
        head, lines = table(event["results"])
        widths = [max(len(row[at].split("\n")[0]) for row in [head, *lines]) for at in range(len(head))]
        rows = ["  ".join(cell.split("\n")[0].ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *lines]]
        line = "\n" + "\n".join(rows) + "\n\nAll of it in results.csv and results.json."
    elif kind == "combination-failed":
        line = "[%d] %s" % (event["combination"] + 1, event["message"])
    else:
        told = text(event)
        line = None if told is None or kind == "output" else "[%d] %s" % (event["combination"] + 1, told.strip())
    if line is not None:
        print(line, flush=True)
