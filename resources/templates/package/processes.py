"""A process for each step: forked from one that has imported the libraries, or started anew. Ends them all when asked."""

import array
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
# How long a step may take to end after it was asked to.
GRACE = 2.0


class Cancelled(Exception):
    """Somebody asked for the end."""


class StepFailed(Exception):
    """A step that did not come to its end."""

    def __init__(self, message, is_late=False):
        super().__init__(message)
        self.is_late = is_late


def task_file(run_folder, step):
    """Where a Python started for a step finds what it is to do."""
    return Path(run_folder) / ".state" / (step + ".task.json")


class Ended:
    """How a step's process ended, and what it used."""

    def __init__(self, code, wall_ms, cpu_ms, peak_memory_bytes, is_late):
        self.code, self.is_late = code, is_late
        self.usage = {"wall_ms": wall_ms, "cpu_ms": cpu_ms, "peak_memory_bytes": peak_memory_bytes}


class Processes:
    """`isolate` is `fork` (one process imports, each step is forked from it), `spawn`, or `auto`: fork where it is safe."""

    def __init__(self, isolate="auto", data=""):
        is_possible = sys.platform == "linux" and hasattr(os, "fork")
        if isolate == "fork" and not is_possible:
            raise ValueError("--isolate fork works on Linux only. Leave it out, or say --isolate spawn.")
        self._forks = is_possible and isolate != "spawn"
        self._data = str(data)
        self._server, self._channel, self._waiting, self._number = None, None, {}, 0
        self._alive, self._lock, self._is_cancelled = {}, threading.Lock(), False
        self.why_not_forked = None

    def start(self):
        """From the main thread: on Linux what it starts dies with it."""
        if not self._forks or self._server is not None:
            return
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", __package__, "server", str(theirs.fileno())]
        self._server = subprocess.Popen(
            command,
            env=environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self._channel = mine
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def run(self, task, lock, on_line, timeout=None):
        """Runs a step to its end; `on_line` is told each line it prints."""
        if self._is_cancelled:
            raise Cancelled
        ended = self._forked(task, lock, on_line, timeout) if self._server is not None and self._forks else None
        if self._is_cancelled:
            raise Cancelled
        ended = ended or self._spawned(task, lock, on_line, timeout)
        if self._is_cancelled:
            raise Cancelled
        return ended

    # ── forked ────────────────────────────────────────────────────────────────────────────────────

    def _forked(self, task, lock, on_line, timeout):
        began = time.monotonic()
        source, target = os.pipe()
        with self._lock:
            self._number += 1
            answers = self._waiting[self._number] = _Answers()
            request = {"id": self._number, "task": task, "data": self._data}
            files = array.array("i", [target] + ([lock] if lock is not None else []))
            try:
                self._channel.sendmsg(
                    [json.dumps(request).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)]
                )
                is_sent = True
            except OSError:
                self._forks = is_sent = False
        os.close(target)
        if not is_sent:
            os.close(source)
            return None
        reader = threading.Thread(target=_read_lines, args=(open(source, "rb"), on_line), daemon=True)
        reader.start()
        first = None
        # The libraries may still be on their way: a cancelled step does not wait for them.
        while first is None and not self._is_cancelled:
            first = answers.get(0.2)
        if first is None:
            raise Cancelled
        if "pid" not in first:
            self._forks, self.why_not_forked = False, first.get("refused", "the forking process ended")
            return None
        until = None if timeout is None else time.monotonic() + timeout
        with _Alive(self._alive, task, first["pid"]):
            last, is_late = self._await(lambda wait: answers.get(wait), first["pid"], until)
        reader.join(GRACE)
        code = last.get("code", -signal.SIGKILL)
        return Ended(code, _since(began), last.get("cpu_ms"), last.get("peak_memory_bytes"), is_late)

    def _listen(self):
        """Hands the answers of the forking process to those who wait for them."""
        while True:
            try:
                data = self._channel.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                break
            message = json.loads(data)
            self._waiting[message["id"]].put(message)
        self._forks = False
        for answers in list(self._waiting.values()):
            answers.put({})

    # ── started anew ──────────────────────────────────────────────────────────────────────────────

    def _spawned(self, task, lock, on_line, timeout):
        began = time.monotonic()
        place = task_file(task["run_folder"], task["step"])
        place.write_text(json.dumps(task), encoding="utf-8")
        child = subprocess.Popen(
            [sys.executable, "-m", __package__, "step", task["step"], "--run-folder", task["run_folder"]],
            cwd=task["workspace"],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **({"start_new_session": True, "pass_fds": [lock] if lock is not None else []} if os.name == "posix" else {}),
        )
        reader = threading.Thread(target=_read_lines, args=(child.stdout, on_line), daemon=True)
        reader.start()
        until = None if timeout is None else time.monotonic() + timeout
        with _Alive(self._alive, task, child.pid):
            used, is_late = self._await(lambda wait: _wait(child, wait), child.pid, until)
        reader.join(GRACE)
        place.unlink()
        return Ended(used["code"], _since(began), used["cpu_ms"], used["peak_memory_bytes"], is_late)

    # ── both ──────────────────────────────────────────────────────────────────────────────────────

    def _await(self, ask, pid, until):
        """The answer of `ask(seconds)`; a process that takes too long is ended."""
        is_late, started = False, []
        while True:
            wait = None if until is None else max(0.0, until - time.monotonic())
            answer = ask(wait)
            if answer is not None:
                if is_late:
                    _end_all(pid, started, getattr(signal, "SIGKILL", signal.SIGTERM))
                return answer, is_late
            signal_number = signal.SIGKILL if is_late and os.name == "posix" else signal.SIGTERM
            # Before the first of them ends: afterwards nobody knows whose the others were.
            started = started or _started_by(pid)
            is_late, until = True, time.monotonic() + GRACE
            _end_all(pid, started, signal_number)
            if os.name == "posix":
                _end_all(pid, started, signal.SIGCONT)

    def cancel(self):
        """Ends all steps, and lets none begin."""
        self._is_cancelled = True
        self.end(list(self._alive))

    def end(self, names):
        """Ends the steps of these (run folder, step): first asked, then made to."""
        pids = {name: self._alive[name] for name in names if name in self._alive}
        until = time.monotonic() + GRACE
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            # The second time for those too whose first process has ended: what it started may not have.
            for pid in pids.values():
                _end(pid, number)
            while any(name in self._alive for name in pids) and time.monotonic() < until:
                time.sleep(0.01)

    def close(self):
        self._is_cancelled = True
        if self._server is None:
            return
        self._forks, until = False, time.monotonic() + GRACE
        self._channel.shutdown(socket.SHUT_WR)
        # It says nothing any more once it has ended: heard at once, where asking again and again is late.
        self._listener.join(GRACE)
        self._channel.close()
        try:
            self._server.wait(max(0.05, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None


class _Alive:
    """Notes a step's process as long as it lives."""

    def __init__(self, alive, task, pid):
        self._alive, self._name, self._pid = alive, (task["run_folder"], task["step"]), pid

    def __enter__(self):
        self._alive[self._name] = self._pid

    def __exit__(self, *_):
        del self._alive[self._name]


class _Answers:
    """A queue whose `get` answers None when the time is over."""

    def __init__(self):
        self._items, self._changed = [], threading.Condition()

    def put(self, item):
        with self._changed:
            self._items.append(item)
            self._changed.notify()

    def get(self, wait=None):
        with self._changed:
            self._changed.wait_for(lambda: self._items, wait)
            return self._items.pop(0) if self._items else None


def _wait(child, wait):
    """The process's end, and where the system says so, what it used. None when the time is over."""
    if not hasattr(os, "wait4"):
        try:
            return {"code": child.wait(wait), "cpu_ms": None, "peak_memory_bytes": None}
        except subprocess.TimeoutExpired:
            return None
    until = None if wait is None else time.monotonic() + wait
    pause = 0.001
    while True:
        done, status, used = os.wait4(child.pid, 0 if until is None else os.WNOHANG)
        if done:
            break
        if time.monotonic() >= until:
            return None
        time.sleep(pause)
        pause = min(pause * 2, 0.05)
    child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "code": child.returncode,
        "cpu_ms": (used.ru_utime + used.ru_stime) * 1000,
        "peak_memory_bytes": used.ru_maxrss * unit,
    }


def _end(pid, number):
    """The whole group, so that what a step started ends with it."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except OSError:
        pass


def _end_all(pid, started, number):
    """The group, and what left it for a group or a session of its own."""
    _end(pid, number)
    for each in started:
        try:
            os.kill(each, number)
        except OSError:
            pass


def _started_by(pid):
    """The processes that a process started, and those that these started; all of them stopped, so that none starts more."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return []
    found = []
    while True:
        _end_all(pid, found, signal.SIGSTOP)
        before, found = found, _below(pid)
        if set(found) <= set(before):
            return found


def _below(pid):
    pairs, found = _parents(), [pid]
    for parent in found:
        found.extend(one for one, of in pairs if of == parent and one not in found)
    return found[1:]


def _parents():
    """Each process and its parent: from Linux itself, where small images have no `ps`."""
    if not os.path.exists("/proc/self/stat"):
        told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE).stdout.decode()
        return [(int(one), int(parent)) for one, parent in (line.split() for line in told.splitlines())]
    pairs = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            pairs.append((int(place.parent.name), int(place.read_text().rpartition(")")[2].split()[1])))
        except (OSError, ValueError, IndexError):
            continue
    return pairs


def _read_lines(stream, on_line):
    with stream:
        for line in stream:
            on_line(line.decode("utf-8", "replace").rstrip("\r\n"))


def environment():
    variables = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
    variables.setdefault("PYTHONHASHSEED", "0")
    paths = [str(SOURCE)] + variables.get("PYTHONPATH", "").split(os.pathsep)
    variables["PYTHONPATH"] = os.pathsep.join(each for each in dict.fromkeys(paths) if each)
    return variables


def _since(started):
    return (time.monotonic() - started) * 1000
