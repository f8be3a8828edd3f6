"""Forks a process for each step out of one that has imported the libraries, so that they are imported once.

Nothing but imports happens here. A process may be forked safely where no other thread runs at that moment: the threads
are counted at each fork, and where one is left over (a library began a pool while it was imported) nothing is run, and
the runner starts its steps as processes of their own instead. It ends when the runner ends, and takes the steps along.

While a step runs, a fork of this process imports what the next steps need, and forks those steps then: each step finds
the libraries of the steps before it and its own, never those of later ones, and seldom waits for them.
"""

import array
import ast
import functools
import gc
import importlib
import importlib.util
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from . import place
from . import step as step_module
from .pipeline import PATHS, STEPS

SOURCE = Path(__file__).resolve().parent
# A thread that was joined may be seen for another moment.
PATIENCE = 0.02
# How long another importer may take to end by itself.
LAST_WORDS = 0.3
ARROW = "JE_ARROW_MALLOC_CONF"
# What pandas imports when the first table is kept or read: here once, not in each step.
FOR_TABLES = ("pyarrow.parquet", "pyarrow.dataset", "pyarrow.pandas_compat", "pandas.core.arrays.arrow.extension_types")


def serve(number):
    """Answers requests on an inherited socket until it is closed."""
    step_module.die_with_parent()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # pyarrow's allocator would keep a thread that tidies memory. Read once, when it is loaded; the steps never see it.
    os.environ.setdefault(ARROW, "background_thread:false")
    os.environ["MPLBACKEND"] = "module://%s.figures" % __package__
    # What a library starts must not keep the channel open.
    os.set_inheritable(number, False)
    channel = socket.socket(fileno=number)
    return _Forker(channel, channel).serve()


class _Forker:
    """Takes requests from one socket and answers on the other, which all forkers of a run share."""

    def __init__(self, requests, answers):
        self.requests, self.answers = requests, answers
        # By process: the request's number, and the time its imports took.
        self.running = {}
        self.next, self.is_last = None, _processors() < 2
        # Of imports that were made ahead: for which step, what they printed, and the time they took.
        self.ahead, self.printed, self.ahead_ms = None, None, 0
        self.awake, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self.awake, False)
        signal.set_wakeup_fd(wake)

    def serve(self):
        while True:
            ready, _, _ = select.select([self.requests, self.awake], [], [])
            if self.awake in ready:
                _drain(self.awake)
            if self.requests in ready:
                request, files = _receive(self.requests)
                if request is None:
                    _kill(self.running)
                    self._end_next()
                    return 0
                is_mine = not self._hand_on(request, files)
                if is_mine:
                    self._start(request, files)
                for each in files:
                    os.close(each)
                if is_mine:
                    self._look_ahead(request)
            self._tell_ended()

    def _send(self, message):
        self.answers.sendall(json.dumps(message).encode() + b"\n")

    # ── a step ────────────────────────────────────────────────────────────────────────────────────

    def _start(self, request, files):
        before = _cpu(resource.RUSAGE_SELF)
        self._print_again(request, files[0])
        _with_output(files[0], lambda: _import_for(request))
        imports_ms, self.ahead_ms = self.ahead_ms + (_cpu(resource.RUSAGE_SELF) - before) * 1000, 0
        gc.freeze()
        go, goer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(goer)
            self._run(request, files, go)
        os.close(go)
        others = _other_threads()
        if others:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self._send({"id": request["id"], "refused": "%d threads are running after the imports" % others})
            self.is_last = True
        else:
            self.running[pid] = (request["id"], imports_ms)
            self._send({"id": request["id"], "pid": pid})
            os.write(goer, b"1")
        os.close(goer)

    def _run(self, request, files, go):
        """The forked process, from its first breath to its end."""
        if os.read(go, 1) != b"1":
            os._exit(1)
        os.close(go)
        self._close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        step_module.die_with_parent()
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (files[0], 1), (files[0], 2)):
            os.dup2(source, target)
        os.close(files[0])
        if os.environ[ARROW] == "background_thread:false":
            del os.environ[ARROW]
        was = os.getcwd()
        os.chdir(request["task"]["workspace"])
        _forget_hidden(request)
        sys.path[:] = [os.getcwd() if each == was else each for each in sys.path]
        for each in files[1:]:
            os.register_at_fork(after_in_child=lambda each=each: os.close(each))
        step_module.finish(step_module.run_task(request["task"]))

    def _close(self):
        for each in (self.requests, self.answers, self.next and self.next.channel):
            if each is not None:
                each.close()

    def _tell_ended(self):
        for pid in list(self.running):
            done, status, used = os.wait4(pid, os.WNOHANG)
            if done == 0:
                continue
            name, imports_ms = self.running.pop(pid)
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
            self._send(
                {
                    "id": name,
                    "code": code,
                    "cpu_ms": (used.ru_utime + used.ru_stime) * 1000 + imports_ms,
                    "peak_memory_bytes": used.ru_maxrss * 1024,
                }
            )
        if self.next is not None and os.waitpid(self.next.pid, os.WNOHANG)[0]:
            # A library ended it, or the computer has no memory left: what it was asked for is not done.
            for name in self.next.handed_on:
                self._send({"id": name, "refused": "the process that imports the libraries ended"})
            self.next.channel.close()
            self.next, self.is_last = None, True

    # ── the steps after it ────────────────────────────────────────────────────────────────────────

    def _hand_on(self, request, files):
        """Whether the next forker has the request: one for a step whose libraries it imports."""
        if self.next is None or _index(request) < self.next.first:
            return False
        # One that needs nothing new does not wait, unless a step before it has run there.
        if not self.next.handed_on and _is_ready(request):
            return False
        try:
            self.next.channel.sendmsg([json.dumps(request).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))])
        except OSError:
            return False
        self.next.handed_on.append(request["id"])
        return True

    def _look_ahead(self, request):
        """Begins to import what later steps need and no step so far has needed."""
        if self.next is not None or self.is_last:
            return
        try:
            later = _first_unready(request)
            if later is not None:
                self._fork_next(later)
        except Exception:
            # No step depends on it: what keeps this from being done is met again by the step, and said there.
            self.is_last = True

    def _fork_next(self, request):
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            gc.freeze()
            try:
                pid = os.fork()
            except OSError:
                mine.close()
                raise
            if pid == 0:
                try:
                    mine.close()
                    if self.requests is not self.answers:
                        self.requests.close()
                    step_module.die_with_parent()
                    step_module.finish(_Forker(theirs, self.answers)._import_ahead(request).serve())
                finally:
                    os._exit(1)
        self.next = _Next(pid, mine, _index(request))

    def _import_ahead(self, request):
        before = _cpu(resource.RUSAGE_SELF)
        self.ahead, self.printed = request["task"]["step"], tempfile.TemporaryFile()
        _with_output(self.printed.fileno(), lambda: _import_for(request))
        self.ahead_ms = (_cpu(resource.RUSAGE_SELF) - before) * 1000
        return self

    def _print_again(self, request, file):
        if self.printed is None:
            return
        with self.printed as printed:
            printed.seek(0)
            if self.ahead == request["task"]["step"]:
                os.write(file, printed.read())
        self.printed = None

    def _end_next(self):
        """What it used counts for the run, once it was waited for. In the middle of an import it does not hear of the end."""
        if self.next is None:
            return
        self.next.channel.close()
        until = time.monotonic() + LAST_WORDS
        while os.waitpid(self.next.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > until:
                os.kill(self.next.pid, signal.SIGKILL)
            time.sleep(0.002)


class _Next:
    """The forker for a step and those after it."""

    def __init__(self, pid, channel, first):
        self.pid, self.channel, self.first, self.handed_on = pid, channel, first, []


def _index(request):
    return next(at for at, step in enumerate(STEPS) if step.name == request["task"]["step"])


def _receive(channel):
    numbers = array.array("i")
    data, extra, _, _ = channel.recvmsg(1 << 20, socket.CMSG_SPACE(4 * numbers.itemsize))
    for level, kind, value in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            numbers.frombytes(value[: len(value) - len(value) % numbers.itemsize])
    return (json.loads(data), list(numbers)) if data else (None, [])


def _import_for(request):
    for name in _wanted(request):
        try:
            importlib.import_module(name)
        except BaseException:
            # The step meets it again and says so.
            continue
    if "pandas" in sys.modules and "pyarrow" in sys.modules:
        for name in FOR_TABLES:
            try:
                importlib.import_module(name)
            except Exception:
                continue


def _is_ready(request):
    """Whether all that a step imports is here."""
    return all(name in sys.modules for name in _wanted(request))


def _first_unready(request):
    """The same request for the first of the later steps that are to be run for which something is to be imported."""
    for name in request["task"]["later"]:
        later = {**request, "task": {**request["task"], "step": name}}
        if not _is_ready(later):
            return later
    return None


def _wanted(request):
    """The names of what a step imports, apart from those a file of the notebook hides."""
    places = _places(request)
    # A random stream is given to numpy before the step's own code runs.
    is_drawing = request["task"]["seed"] is not None or "numpy_random" in request["task"]["state"]
    names = (["numpy"] if is_drawing else []) + _imported(STEPS[_index(request)])
    return [name for name in names if not _is_hidden(name, places) and _is_installed(_root(name))]


def _forget_hidden(request):
    """A module of the notebook's own comes before an installed one of that name that is here already, as in a new Python."""
    folder = place.notebook_folder(request["task"]["workspace"])
    first = [folder] + [os.path.join(folder, path) for path, is_first in PATHS if is_first]
    for root in {_root(name) for name in _imported(STEPS[_index(request)])}:
        file = getattr(sys.modules.get(root), "__file__", None) or ""
        own = [os.path.join(each, root) for each in first]
        if "-packages" + os.sep in file and any(os.path.isfile(each + ".py") or os.path.isfile(os.path.join(each, "__init__.py")) for each in own):
            for name in [each for each in sys.modules if _root(each) == root]:
                del sys.modules[name]


def _places(request):
    roots = (request["task"]["workspace"], request["data"])
    folders = [place.notebook_folder(root) for root in roots]
    return folders + [os.path.join(folder, path) for folder in folders for path, _ in PATHS]


def _root(name):
    return name.split(".")[0]


@functools.lru_cache(maxsize=None)
def _imported(step):
    """Modules that a step's file, or the helpers, import at the top."""
    found = []
    for file in (SOURCE / "steps" / (step.module + ".py"), SOURCE / "helpers.py"):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for statement in tree.body:
            if isinstance(statement, ast.Import):
                found.extend(alias.name for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom) and statement.level == 0 and statement.module:
                found.append(statement.module)
    return found


def _is_hidden(name, places):
    paths = [os.path.join(each, _root(name)) for each in places]
    return any(os.path.exists(each) or os.path.exists(each + ".py") for each in paths)


def _is_installed(name):
    if name in sys.modules:
        return True
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    where = spec and (spec.origin or next(iter(spec.submodule_search_locations or []), None))
    return bool(where) and (where in ("built-in", "frozen") or where.startswith((sys.prefix, sys.base_prefix)))


def _with_output(file, work):
    """What an import prints belongs to the step that asked for it."""
    kept = os.dup(1), os.dup(2)
    os.dup2(file, 1)
    os.dup2(file, 2)
    try:
        work()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        os.close(kept[0])
        os.close(kept[1])


def _other_threads():
    until = time.monotonic() + PATIENCE
    while True:
        count = len(os.listdir("/proc/self/task")) - 1
        if count == 0 or time.monotonic() > until:
            return count
        time.sleep(0.001)


def _kill(running):
    for pid in running:
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass


def _drain(number):
    try:
        os.read(number, 4096)
    except BlockingIOError:
        pass


def _processors():
    """How many may be used: in a container its share counts."""
    count = len(os.sched_getaffinity(0))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return count if quota == "max" else min(count, int(quota) / int(period))
    except (OSError, ValueError):
        return count


def _cpu(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
