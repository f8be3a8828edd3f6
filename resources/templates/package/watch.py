"""What a step looks at and leaves behind besides its variables: files, folders, environment variables, modules.

Python tells of every file that is opened by it. What is opened past Python (by a shell command, by a library of C) is
not seen; then all files of the workspace count as read.
"""

import os
import sys
import tempfile
from pathlib import Path

from .contents import digest_of_file

# Libraries of C that are known to open data files by way of Python, or none at all.
TELLING = frozenset(
    "numpy pandas scipy sklearn matplotlib seaborn PIL statsmodels patsy joblib threadpoolctl dateutil pytz six kiwisolver "
    "contourpy fontTools markupsafe yaml simplejson ujson orjson msgpack regex cffi cryptography charset_normalizer bottleneck "
    "numexpr xgboost lightgbm psutil zmq tornado debugpy greenlet sqlalchemy lxml bs4 pydantic_core rpds wrapt pyarrow "
    "cython _cython_0_29 IPython ipykernel".split()
)
# Where one of these words stands in the code, the library opens the files itself.
WORDS = {
    "pyarrow": ("parquet", "feather", "orc", "arrow"),
    "xgboost": ("dmatrix", "load_model", "load_config"),
    "lightgbm": ("dataset(", "model_file"),
}

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LEAVING = {"os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.rename", "os.link", "os.symlink"}
_COMMANDS = {"os.system", "subprocess.Popen", "os.posix_spawn", "os.exec", "os.startfile", "pty.spawn"}
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/opt")


# Our own files, whose looking at variables is not the notebook's.
_OWN_FILES = (
    *("notebook.py", "step.py", "watch.py", "artifacts.py", "by_value.py", "typed.py"),
    *("process_state.py", "process_keepers.py", "helper_state.py", "patches.py"),
)


class Watch:
    """Listens from `start` until the process ends; `answer` says what was seen."""

    def __init__(self, workspace, run_folder, own):
        self.workspace = os.path.realpath(workspace)
        home = Path.home() if "HOME" in os.environ else Path("/nowhere")
        passed = [sys.prefix, sys.base_prefix, sys.exec_prefix, str(run_folder), str(own), *_SYSTEM]
        passed += [str(home / each) for each in (".cache", ".config", ".local", ".matplotlib")]
        passed += [os.environ.get("MPLCONFIGDIR", "")]
        self.passed = tuple(os.path.realpath(each) + os.sep for each in passed if each)
        self.places = (str(own), self.workspace)
        self.own_files = tuple(str(Path(own) / each) for each in _OWN_FILES)
        self.opened, self.written, self.variables = set(), set(), set()
        self.commands, self.listed, self.active = False, False, False

    def start(self):
        self.active = True
        os.environ.__class__ = _environment_class(self)
        sys.addaudithook(self._hear)

    def stop(self):
        self.active = False

    def _hear(self, event, arguments):
        if not self.active:
            return
        if event == "open":
            self._open(*arguments)
        elif event in _LEAVING:
            for each in arguments[:2]:
                if isinstance(each, (str, bytes, os.PathLike)):
                    self.written.add(_absolute(each))
        elif event in ("os.listdir", "os.scandir", "glob.glob"):
            if not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
                self.listed = self.listed or self._is_within(arguments[0])
        elif event == "sqlite3.connect":
            self._open(arguments[0], "r+", 0)
        elif event in _COMMANDS and self._is_asked_by_notebook():
            self.commands = True

    def _open(self, path, mode, flags):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        # Thousands of modules are opened while libraries are imported: they must cost nothing.
        if isinstance(path, str) and path.startswith(self.passed) and not path.startswith(self.workspace):
            return
        place = _absolute(path)
        if any(letter in mode for letter in "wax+") if mode else (flags or 0) & _WRITING:
            self.written.add(place)
        if not mode or "w" not in mode:
            self.opened.add(place)

    def _is_within(self, folder):
        try:
            number = isinstance(folder, int)
            place = os.readlink("/proc/self/fd/%d" % folder) if number else _absolute("." if folder is None else folder)
        except OSError:
            return True
        except TypeError:
            return False
        return (place + os.sep).startswith(self.workspace + os.sep)

    def _is_asked_by_notebook(self):
        """Whether the command is the notebook's own, not one by which a library learns about the computer."""
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(self.places):
                return True
            if not file.endswith(("subprocess.py", "os.py", "pty.py", "<frozen os>")):
                return False
            frame = frame.f_back
        return False

    def answer(self, code):
        """`code` is the text of the step and its helpers, in which words are looked for."""
        reads, outside, changed = set(), {}, set()
        files = {place for place in self.opened if not place.startswith(self.passed) or self._inside(place)}
        files |= {os.path.realpath(each) for each in _module_files(self.workspace, self.passed)}
        for place in sorted(files):
            inside = self._inside(place)
            if inside is not None:
                if "__pycache__" not in inside:
                    reads.add(inside)
            elif place not in self.written and not place.endswith(".pyc"):
                outside[place] = _held(place)
        for place in self.written:
            if self._inside(place) is not None:
                changed.add(self._inside(place))
        outside = {place: what for place, what in outside.items() if what is not None}
        return {
            "reads": sorted(reads),
            "outside": outside,
            "written": sorted(changed),
            "listed": self.listed,
            "unseen": self._unseen(code),
            "variables": sorted(self.variables),
        }

    def _unseen(self, code):
        """Why files may have been read that nobody told of; None where that cannot be."""
        if self.commands:
            return "it runs a command"
        low = code.lower() + "".join(_text(file) for file in _module_files(self.workspace, self.passed)).lower()
        for name, words in WORDS.items():
            if name in sys.modules and any(word in low for word in words):
                return "%s opens files by itself" % name
        for name in sorted(_compiled()):
            if name not in TELLING:
                return "%s may open files by itself" % name
        return None

    def _inside(self, place):
        start = self.workspace + os.sep
        return place[len(start) :].replace(os.sep, "/") if place.startswith(start) else None


def _absolute(path):
    return os.path.realpath(os.fsdecode(path))


def _held(place):
    """What a file outside holds. Temporary files that are gone are nobody's input."""
    try:
        if os.path.isfile(place):
            return digest_of_file(place)
        return None if place.startswith(os.path.realpath(tempfile.gettempdir()) + os.sep) else ""
    except OSError:
        return ""


def _module_files(workspace, passed):
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and (file.startswith(workspace) or not file.startswith(passed)) and os.path.isabs(file):
            yield file


def _text(file):
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return opened.read() if file.endswith(".py") else ""
    except OSError:
        return ""


def _compiled():
    """Top-level names of installed libraries that hold compiled code."""
    names = set()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith((".so", ".pyd")) and "site-packages" in file:
            names.add(name.split(".")[0])
    return {name for name in names if not name.startswith("_")}


def _environment_class(watch):
    """The class of `os.environ`, with each variable the notebook's own code asks for noted."""
    standard = (os.__file__, os.path.join(os.path.dirname(os.__file__), "_collections_abc.py"))

    class Environment(os._Environ):
        def __getitem__(self, name):
            if watch.active and isinstance(name, str):
                frame = sys._getframe(1)
                while frame is not None and frame.f_code.co_filename.startswith(("<frozen", *standard)):
                    frame = frame.f_back
                file = frame.f_code.co_filename if frame is not None else ""
                if file.startswith(watch.places) and not file.startswith(watch.own_files):
                    watch.variables.add(name)
            return os._Environ.__getitem__(self, name)

    return Environment
