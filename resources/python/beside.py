"""What lies in the notebook's folder, brought into the workspace of a run the moment code asks for it.

Opened, imported, listed or only looked for: a cell that says `if not exists(…): download(…)` has to find what is there.
"""

import functools
import importlib
import os
import shutil
import sys
from pathlib import Path

_stat, _lstat = os.stat, os.lstat
_NOT_THE_USERS = {".slipway", "slipway.yaml", ".git", ".ipynb_checkpoints", "__pycache__"}


class Beside:
    def __init__(self, workspace, folder, made=()):
        """`made`: files that a notebook of the pipeline makes; those in the folder are of an earlier run."""
        self.workspace, self.folder, self.made = Path(workspace), Path(folder), frozenset(made)
        self.files = {}
        self.imported = set()
        self.is_busy = False

    def follow(self, told):
        """`told` hears of every event but those of the copying itself."""

        def hear(event, arguments):
            if self.is_busy:
                return
            told(event, arguments)
            if event == "open":
                mode = arguments[1]
                if not isinstance(mode, str) or "r" in mode or "a" in mode:
                    self.bring(arguments[0])
            elif event == "import":
                self.bring_module(arguments[0].split(".")[0])
            elif event == "os.chdir":
                self.bring(arguments[0])
            elif event in ("os.listdir", "os.scandir"):
                # Python's own import lists the folder too.
                if sys._getframe(1).f_globals.get("__name__") != "importlib._bootstrap_external":
                    self.bring_folder("." if arguments[0] is None else arguments[0])

        sys.addaudithook(hear)
        self._look_beside("stat", _stat)
        self._look_beside("lstat", _lstat)

    def _look_beside(self, name, look):
        """No event tells of `exists`."""

        @functools.wraps(look)
        def found(path, *rest, **options):
            try:
                return look(path, *rest, **options)
            except FileNotFoundError:
                if self.is_busy or not self.bring(path):
                    raise
                return look(path, *rest, **options)

        for offered in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
            if look in offered:
                offered.add(found)
        setattr(os, name, found)

    def bring(self, path):
        """Whether something came."""
        return self._copying(self._bring, path)

    def bring_folder(self, path):
        """All files in it. Of folders in the notebook's own folder only those that are asked for: one is the package."""
        return self._copying(self._bring_folder, path)

    def bring_module(self, name):
        if name in self.imported:
            return
        self.imported.add(name)
        for folder in sys.path:
            place = os.path.join(folder, name)
            if self._copying(self._bring, place + ".py") or self._copying(self._bring_package, place):
                importlib.invalidate_caches()
                return

    def _copying(self, work, path):
        if self.is_busy or not isinstance(path, (str, bytes, os.PathLike)):
            return False
        self.is_busy = True
        try:
            place = os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))
            relative = Path(place).relative_to(self.workspace)
            if _NOT_THE_USERS.intersection(relative.parts):
                return False
            return work(relative)
        except (OSError, ValueError):
            return False
        finally:
            self.is_busy = False

    def _bring(self, relative):
        source, target = self.folder / relative, self.workspace / relative
        # What was there once and is gone was taken away by a cell.
        if relative.as_posix() in self.made:
            return False
        if relative.as_posix() in self.files or relative.suffix == ".ipynb" or os.path.lexists(target):
            return False
        if source.is_dir() and relative.parts:
            target.mkdir(parents=True, exist_ok=True)
            return True
        if not source.is_file():
            return False
        self.files[relative.as_posix()] = True
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return True

    def _bring_folder(self, relative):
        source = self.folder / relative
        if not source.is_dir():
            return False
        for each in sorted(source.iterdir()):
            inside = relative / each.name
            is_own = not each.name.startswith(".") and each.name != "__pycache__"
            if is_own and (relative.parts or each.is_file()):
                self._bring(inside)
        return True

    def _bring_package(self, relative):
        source = self.folder / relative
        # A folder of modules needs no file that says so.
        if not any(source.glob("*.py")):
            return False
        for each in sorted(source.rglob("*")):
            inside = each.relative_to(self.folder)
            if each.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
                self._bring(inside)
        return True
