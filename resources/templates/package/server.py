"""Forks a process for each step out of one that has imported the libraries, so that they are imported once.

Nothing but imports happens here. A process may be forked safely where no other thread runs at that moment: the threads
are counted at each fork, and where one is left over (a library began a pool while it was imported) nothing is run, and
the runner starts its steps as processes of their own instead. It ends when the runner ends, and takes the steps along.
"""

import array
import ast
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
import time
from pathlib import Path

from . import place
from . import step as step_module
from .pipeline import PATHS, STEPS

SOURCE = Path(__file__).resolve().parent
# A thread that was joined may be seen for another moment.
PATIENCE = 0.02
ARROW = "JE_ARROW_MALLOC_CONF"


def serve(number):
    """Answers requests on an inherited socket until it is closed."""
    step_module.die_with_parent()
    channel = socket.socket(fileno=number)
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(awake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # pyarrow's allocator would keep a thread that tidies memory. Read once, when it is loaded; the steps never see it.
    os.environ.setdefault(ARROW, "background_thread:false")
    os.environ["MPLBACKEND"] = "module://%s.figures" % __package__
    running = {}
    while True:
        ready, _, _ = select.select([channel, awake], [], [])
        if awake in ready:
            _drain(awake)
        if channel in ready:
            request, files = _receive(channel)
            if request is None:
                _kill(running)
                return 0
            code = _start(channel, request, files, running)
            if code is not None:
                return code
        _tell_ended(channel, running)


def _receive(channel):
    numbers = array.array("i")
    data, extra, _, _ = channel.recvmsg(1 << 20, socket.CMSG_SPACE(4 * numbers.itemsize))
    for level, kind, value in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            numbers.frombytes(value[: len(value) - len(value) % numbers.itemsize])
    return (json.loads(data), list(numbers)) if data else (None, [])


def _send(channel, message):
    channel.sendall(json.dumps(message).encode() + b"\n")


def _start(channel, request, files, running):
    """In the child: the exit code. Here: None."""
    before = _cpu(resource.RUSAGE_SELF)
    _with_output(files[0], lambda: _import_for(request))
    imports_ms = (_cpu(resource.RUSAGE_SELF) - before) * 1000
    gc.freeze()
    go, goer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(goer)
        return _run(channel, request, files, go)
    os.close(go)
    others = _other_threads()
    if others:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        _send(channel, {"id": request["id"], "refused": "%d threads are running after the imports" % others})
    else:
        running[pid] = (request["id"], imports_ms)
        _send(channel, {"id": request["id"], "pid": pid})
        os.write(goer, b"1")
    os.close(goer)
    for each in files:
        os.close(each)
    return None


def _run(channel, request, files, go):
    """The forked process, from its first breath to its exit code."""
    if os.read(go, 1) != b"1":
        os._exit(1)
    os.close(go)
    channel.close()
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
    sys.path[:] = [os.getcwd() if each == was else each for each in sys.path]
    for each in files[1:]:
        os.register_at_fork(after_in_child=lambda each=each: os.close(each))
    code = step_module.run_task(request["task"])
    step_module.finish(code)


def _import_for(request):
    step = next(step for step in STEPS if step.name == request["task"]["step"])
    roots = (request["task"]["workspace"], request["data"])
    folders = [place.notebook_folder(root) for root in roots]
    places = folders + [os.path.join(folder, path) for folder in folders for path, _ in PATHS]
    # A random stream is given to numpy before the step's own code runs.
    is_drawing = request["task"]["seed"] is not None or "numpy_random" in request["task"]["state"]
    names = ["numpy"] if is_drawing and _is_installed("numpy", places) else []
    for file in (SOURCE / "steps" / (step.module + ".py"), SOURCE / "helpers.py"):
        names.extend(_libraries(file, places))
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:
            # The step meets it again and says so.
            continue
    if "pandas" in sys.modules and "pyarrow" in sys.modules:
        try:
            importlib.import_module("pyarrow.parquet")
        except ImportError:
            pass


def _libraries(file, places):
    """Installed modules that a file imports at its top, apart from those a file of the notebook hides."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0 and statement.module:
            names = [statement.module]
        else:
            continue
        for name in names:
            if _is_installed(name.split(".")[0], places):
                yield name


def _is_installed(name, places):
    if name in sys.modules:
        return True
    for each in places:
        if os.path.exists(os.path.join(each, name)) or os.path.exists(os.path.join(each, name + ".py")):
            return False
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


def _tell_ended(channel, running):
    for pid in list(running):
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done == 0:
            continue
        name, imports_ms = running.pop(pid)
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        _send(
            channel,
            {
                "id": name,
                "code": code,
                "cpu_ms": (used.ru_utime + used.ru_stime) * 1000 + imports_ms,
                "peak_memory_bytes": used.ru_maxrss * 1024,
            },
        )


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


def _cpu(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
