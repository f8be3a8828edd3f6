"""Runs the steps, each in a process of its own, and keeps what they give in a run folder.

A step whose code, inputs, parameters, files, random stream and environment are as they were is not run again. Its
result is put under its name only when it is complete, so that nothing half-written is ever taken for done. Steps may
run side by side: what each of them depended on is compared in their order afterwards, and one that would have found
something else is run again.
"""

import os
import queue
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from .contents import Digests, Lost, Workspace, digest, read_json, write_json
from .lock import Lock
from .parameters import PARAMETERS
from .pipeline import START, STEPS
from .place import DATA
from .processes import Processes, StepFailed
from .traces import TRACE, Present, World, handed_over, is_whole, make_trace, read_trace, what_changed

STATE = ".state"


class Unusable(ValueError):
    """A run that cannot begin as it was asked for."""


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    parameters: Any
    first: Optional[str] = None
    only: Optional[str] = None
    seed: Optional[int] = None
    figures: bool = True
    fresh: bool = False
    jobs: int = 1
    # For all steps, in place of what each has of its own.
    retries: Optional[int] = None
    # Seconds for each step; those named in `timeouts` have theirs.
    timeout: Optional[float] = None
    timeouts: Any = field(default_factory=dict)

    def retries_of(self, step):
        return step.retries if self.retries is None else self.retries

    def timeout_of(self, step):
        """Seconds, and where that is said; None where a step may take as long as it likes."""
        if step.name in self.timeouts:
            return self.timeouts[step.name], "--timeout"
        if self.timeout is not None:
            return self.timeout, "--timeout"
        return (None, "") if step.timeout_seconds is None else (step.timeout_seconds, "its timeout_seconds")


def run(run_folder, wish, report, processes=None, share=None):
    """Runs the steps and tells each event to `report`. Answers with the names of those that were run."""
    own = processes is None
    processes = processes or Processes(data=DATA)
    made = Run(Path(run_folder).resolve(), wish, report, processes, share)
    try:
        return made.all()
    finally:
        if share is not None:
            share.release(made)
        if own:
            processes.close()


@dataclass
class _Work:
    """A step that runs, or has run, and how things were when it began."""

    step: Any
    world: Any
    attempt: int = 1
    ended: Any = None
    problem: Any = None
    writes: Any = None
    seen: Any = None


class Run:
    def __init__(self, folder, wish, report, processes, share=None):
        self.folder, self.wish, self.report, self.processes, self.share = folder, wish, report, processes, share
        self.chosen = _chosen(wish)
        self.ran, self.attempts, self._why_now = [], {}, {}
        # Steps that have to run though nothing about them changed, with the reason.
        self.again = {step.name: "it was asked for" for step in self.chosen} if wish.fresh or wish.first or wish.only else {}
        # Steps that turned out to disturb those beside them.
        self.disturbing, self.told = set(), set()
        self.ends = queue.Queue()

    def all(self):
        (self.folder / STATE).mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        with Lock(self.folder / STATE / "lock") as self.lock:
            self._prepare()
            self._tell("run-started", run_folder=str(self.folder), steps=[step.name for step in STEPS])
            try:
                while True:
                    try:
                        self._pass()
                        break
                    except _Again:
                        continue
            finally:
                self.digests.save()
        wall = (time.monotonic() - started) * 1000
        self._tell("run-done", wall_ms=wall, ran=self.ran, why_not_forked=self.processes.why_not_forked)
        return self.ran

    def _prepare(self):
        state = self.folder / STATE
        (self.folder / "workspace").mkdir(exist_ok=True)
        salt = state / "salt"
        # The runs of a sweep compare what they were made from.
        if not salt.exists():
            salt.write_bytes(self.share.salt if self.share is not None else os.urandom(16))
        self.digests = Digests(state / "digests.json")
        self.workspace = Workspace(self.folder / "workspace", DATA, state / "files", self.digests, START)
        self.original = self.workspace.original()
        self.present = Present(self.digests, salt.read_bytes(), self.wish.parameters, self.wish.figures)
        settings = {"parameters": self.wish.parameters, "seed": self.wish.seed, "figures": self.wish.figures}
        write_json(self.folder / "settings.json", settings)

    # ── one pass over all steps ───────────────────────────────────────────────────────────────────

    def _pass(self):
        self.world = World(self.folder, self.original, self.wish.seed)
        self.pending, self.running, self.finished, self.group = list(STEPS), {}, {}, []
        try:
            while self.pending:
                if self._settle(self.pending[0]):
                    self.pending.pop(0)
                    continue
                self._start_what_can()
                self._take(self.ends.get())
            self._end_group()
            self._put(self.world.files)
            self.workspace.forget(self._needed())
        except BaseException as problem:
            if isinstance(problem, KeyboardInterrupt):
                self.processes.cancel()
            if self.running:
                self._stop_running()
            raise

    def _settle(self, step):
        """Whether the step's result is there; it is looked at in the order of the steps only."""
        if step.name in self.running:
            return False
        work = self.finished.pop(step.name, None)
        if work is not None:
            return self._settle_early(work)
        folder = self.folder / step.name
        trace = read_trace(folder)
        if step not in self.chosen:
            return self._pass_over(step, folder, trace)
        if step.name in self.again:
            return False
        why = self._why(step, folder, trace)
        if why is not None and self._take_over(step):
            return True
        if why is not None:
            self._why_now[step.name] = why
            return False
        self._reuse(step, folder, trace)
        return True

    def _why(self, step, folder, trace):
        """Why the step has to run; None where its result can be taken as it is."""
        if trace is None:
            return "it has not been run"
        why = what_changed(step, trace, self.world, self.present, PARAMETERS)
        return why or (None if is_whole(folder, trace, self.digests) else "its result was changed")

    def _pass_over(self, step, folder, trace):
        is_earlier = STEPS.index(step) < STEPS.index(self.chosen[0])
        if trace is None and is_earlier:
            laid = self.workspace.now()
            trace = handed_over(folder, {path: what for path, what in laid.items() if self.original.get(path) != what})
        if trace is None and is_earlier:
            raise StepFailed("Step %s has not been run in %s. Run it first." % (step.name, self.folder))
        if trace is not None:
            self.world.add(step.name, folder, trace)
        self._tell_once("step-skipped", step)
        return True

    def _reuse(self, step, folder, trace, donor=None):
        self.world.add(step.name, folder, trace)
        if step.name not in self.ran:
            entries = self.world.manifests[step.name]["artifacts"]
            self._tell_once("step-reused", step, **trace["usage"], artifacts=entries, taken_from=donor)

    def _take_over(self, step):
        """Takes the result of another run of a sweep, where it would be the same."""
        for donor in self.share.results(step.name) if self.share is not None else ():
            trace = None if donor == self.folder else read_trace(donor / step.name)
            if trace is None or what_changed(step, trace, self.world, self.present, PARAMETERS) is not None:
                continue
            part = self.folder / (step.name + ".part")
            _remove(part)
            try:
                shutil.copytree(donor / step.name, part, copy_function=_link)
            except (OSError, shutil.Error):
                _remove(part)
                continue
            if not is_whole(part, trace, self.digests):
                continue
            self.workspace.donors.append(donor)
            self._name(step, part)
            self._reuse(step, self.folder / step.name, trace, str(donor))
            return True
        return False

    # ── starting ──────────────────────────────────────────────────────────────────────────────────

    def _start_what_can(self):
        head = self.pending[0]
        if not self.running:
            self._end_group()
            claimed = self.share is None or self.share.claim(self, self._identity(head))
            if not claimed:
                self.ends.put(None)
                return
            self._put(self.world.files)
            self._start(head)
        if self.wish.jobs < 2 or self._is_alone(head):
            return
        missing = set()
        for step in self.pending:
            if self._is_alone(step) or len(self.running) >= self.wish.jobs:
                return
            is_free = step.name not in self.running and step.name not in self.finished
            if is_free and step in self.chosen and not missing.intersection(step.inputs):
                trace = read_trace(self.folder / step.name)
                why = self._why(step, self.folder / step.name, trace)
                if step.name in self.again or why is not None:
                    self._why_now[step.name] = why
                    self._start(step)
            missing.update(step.outputs)

    def _is_alone(self, step):
        """Whether nothing may run beside the step: what it did last time decides, else what its code says."""
        trace = read_trace(self.folder / step.name)
        if step.name in self.disturbing:
            return True
        if trace is not None and trace["code"] == self.present.code(step, trace["whole_helpers"]):
            state = trace["state"]
            changed = [part for part, what in state["written"].items() if what not in state["read"].get(part, ())]
            return bool(trace["writes"] or trace["unseen"] or state["drawn"] or changed)
        return bool(step.alone)

    def _start(self, step):
        _remove(self.folder / (step.name + ".part"))
        error = self.folder / (step.name + ".error.json")
        if error.exists():
            error.unlink()
        work = _Work(step, self._copy_of_world(), self.attempts.get(step.name, 0) + 1)
        self.attempts[step.name] = work.attempt
        self.running[step.name] = work
        self.group.append(work)
        # An old result must not be taken for the one that is being made.
        if (self.folder / step.name).is_dir():
            old = self.folder / (step.name + ".old")
            _remove(old)
            os.replace(self.folder / step.name, old)
            _remove(old)
        because = self.again.get(step.name) or self._why_now.get(step.name)
        self.processes.start()
        self._tell("step-started", step=step.name, because=because, attempt=work.attempt)
        threading.Thread(target=self._work, args=(work, self._task(work)), daemon=True).start()

    def _copy_of_world(self):
        world = World(self.folder, self.world.files, self.wish.seed)
        world.state = dict(self.world.state)
        world.done, world.manifests, world.traces = list(self.world.done), dict(self.world.manifests), dict(self.world.traces)
        return world

    def _task(self, work):
        world = work.world
        owners = {part: owner for part, (_, owner) in world.state.items()}
        return {
            "step": work.step.name,
            "run_folder": str(self.folder),
            "workspace": str(self.folder / "workspace"),
            "parameters": self.wish.parameters,
            "seed": self.wish.seed,
            "figures": self.wish.figures,
            "earlier": world.done,
            "state": owners,
            "later": [step.name for step in self.chosen if STEPS.index(step) > STEPS.index(work.step)],
            "moved": {owner: world.traces[owner]["run_folder"] for owner in set(owners.values())},
        }

    def _work(self, work, task):
        """In a thread: the step's process from its start to its end."""
        name = work.step.name
        timeout, _ = self.wish.timeout_of(work.step)
        try:
            with open(self.folder / (name + ".log"), "w", encoding="utf-8") as log:

                def on_line(line):
                    log.write(line + "\n")
                    self._tell("output", step=name, line=line)

                slot = self.share.slot() if self.share is not None else _Nothing()
                with slot:
                    work.ended = self.processes.run(task, self.lock.number, on_line, timeout)
        except BaseException as problem:
            work.problem = problem
        self.ends.put(work)

    # ── ending ────────────────────────────────────────────────────────────────────────────────────

    def _take(self, work):
        if work is None:
            return
        name, part = work.step.name, self.folder / (work.step.name + ".part")
        del self.running[name]
        if work.problem is not None:
            raise work.problem
        work.seen = read_json(part / "seen.json") if work.ended.code == 0 else None
        is_head = self.pending[0] is work.step
        if work.seen is None:
            _remove(part)
            if is_head:
                self._failed(work)
            self.disturbing.add(name)
            return
        now = self.workspace.now()
        before = work.world.files
        paths = set(work.seen["written"]) if len(self.group) > 1 else {*before, *now}
        work.writes = {path: now.get(path) for path in paths if before.get(path) != now.get(path)}
        self._add_folders(work, now)
        self.finished[name] = work

    def _add_folders(self, work, now):
        """A file that was made somewhere new stands for its folders too."""
        for path in [path for path, what in work.writes.items() if what is not None]:
            while "/" in path:
                path = path.rsplit("/", 1)[0]
                if work.world.files.get(path) != now.get(path):
                    work.writes[path] = now.get(path)

    def _settle_early(self, work):
        """Keeps a result if the step, at its turn, would have found what it found."""
        step, part = work.step, self.folder / (work.step.name + ".part")
        trace = make_trace(step, work.seen, work.world, self.present, PARAMETERS, work.writes, work.ended.usage)
        why = what_changed(step, trace, self.world, self.present, PARAMETERS)
        if why is not None:
            _remove(part)
            self.disturbing.add(step.name)
            self.again[step.name] = why
            self._tell("step-repeated", step=step.name, why="It ran beside other steps, and %s." % why)
            return False
        write_json(part / TRACE, trace)
        self._name(step, part)
        for path, (_, what) in trace["files"].items():
            self.digests.note(self.folder / step.name / path, what)
        self.again.pop(step.name, None)
        self.attempts.pop(step.name, None)
        self.ran.append(step.name)
        self.world.add(step.name, self.folder / step.name, trace)
        entries = self.world.manifests[step.name]["artifacts"]
        self._tell("step-done", step=step.name, **work.ended.usage, artifacts=entries)
        if self.share is not None:
            self.share.add(step.name, self.folder, trace)
            self.share.release(self)
        return True

    def _name(self, step, part):
        """The complete result gets its name; an older one is out of the way first."""
        folder, old = self.folder / step.name, self.folder / (step.name + ".old")
        _remove(old)
        if folder.exists():
            os.replace(folder, old)
        os.replace(part, folder)
        _remove(old)

    def _failed(self, work):
        name = work.step.name
        error = _error_of(self.folder / (name + ".error.json"), work, self.wish)
        retries = self.wish.retries_of(work.step)
        if work.attempt <= retries:
            self._tell("step-retried", step=name, attempt=work.attempt, retries=retries, late=work.ended.is_late, error=error)
            self._stop_running()
            raise _Again
        self._tell("step-failed", step=name, **work.ended.usage, error=error)
        raise StepFailed("Step %s failed: %s" % (name, error["message"]), work.ended.is_late)

    def _stop_running(self):
        """Waits for what still runs; its results are not taken."""
        names = [(str(self.folder), name) for name in self.running]
        while self.running:
            # Again and again: one whose libraries are still being imported has no process yet.
            self.processes.end(names)
            try:
                work = self.ends.get(timeout=0.2)
            except queue.Empty:
                continue
            if work is not None:
                self.running.pop(work.step.name, None)

    # ── steps beside one another ──────────────────────────────────────────────────────────────────

    def _end_group(self):
        """Nothing runs now: whether steps that ran side by side disturbed one another by way of files."""
        group, self.group = self.group, []
        ended = [work for work in group if work.seen is not None]
        if len(group) < 2:
            return
        expected = dict(group[0].world.files)
        for work in ended:
            expected.update(work.writes)
        left = {path: what for path, what in expected.items() if what is not None}
        disturbed = left != self.workspace.now() and bool(ended)
        for one in ended:
            for other in ended:
                if one is not other and other.writes:
                    touched = {*one.seen["reads"], *one.writes}
                    disturbed = disturbed or bool(one.seen["unseen"]) or bool(touched.intersection(other.writes))
        if not disturbed:
            return
        for work in ended:
            name = work.step.name
            self.disturbing.add(name)
            self.again[name] = "steps beside it changed files"
            self._tell("step-repeated", step=name, why="Steps that ran beside it changed files.")
        raise _Again

    # ── files ─────────────────────────────────────────────────────────────────────────────────────

    def _put(self, files):
        try:
            self.workspace.put(files, self._needed())
        except Lost as lost:
            self._run_writer_again(lost.path, files)

    def _run_writer_again(self, path, files):
        for name in reversed(self.world.done):
            if self.world.traces[name]["writes"].get(path) == files[path]:
                if not any(step.name == name for step in self.chosen):
                    raise StepFailed(
                        "The file %s that step %s wrote is gone. Run the steps from %s on." % (path, name, name)
                    )
                self.again[name] = "the file %s it wrote is gone" % path
                raise _Again
        raise StepFailed("The file %s is gone from the data folder while the steps run." % path)

    def _needed(self):
        traces = [read_trace(self.folder / step.name) for step in STEPS]
        return {what for trace in traces if trace for what in trace["writes"].values()}

    # ── words ─────────────────────────────────────────────────────────────────────────────────────

    def _identity(self, step):
        """The same for two runs whose next step is the same in every way."""
        world, present = self.world, self.present
        inputs = [(name, world.input(name)) for name in step.inputs]
        parameters = present.parameters(step, PARAMETERS)
        state = sorted((part, what) for part, (what, _) in world.state.items())
        files = sorted(world.files.items())
        return digest(step.name, repr([present.code(step, True), inputs, parameters, state, files, world.start]))

    def _tell_once(self, kind, step, **about):
        if (kind, step.name) not in self.told:
            self.told.add((kind, step.name))
            self._tell(kind, step=step.name, **about)

    def _tell(self, kind, **about):
        self.report({"event": kind, **about})


class _Again(Exception):
    """The pass begins anew; what is done is found done."""


class _Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def _chosen(wish):
    names = [step.name for step in STEPS]
    for name in (wish.first, wish.only, *wish.timeouts):
        if name is not None and name not in names:
            raise Unusable("There is no step %s. The steps are %s." % (name, ", ".join(names)))
    if wish.only is not None:
        return [step for step in STEPS if step.name == wish.only]
    return STEPS[names.index(wish.first) :] if wish.first else list(STEPS)


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _remove(folder):
    if folder.is_dir():
        shutil.rmtree(folder)


def _error_of(path, work, wish):
    told, ended = read_json(path), work.ended
    if ended.is_late:
        message = "it took longer than the %g seconds it may take (%s)" % wish.timeout_of(work.step)
        return {"type": "TimeoutError", "message": message, "traceback": "", "frames": []}
    if told is not None:
        return told
    code = ended.code
    how = "signal %d (out of memory?)" % -code if code < 0 else "exit code %d" % code
    return {"type": "", "message": "the process ended with " + how, "traceback": "", "frames": []}
