"""Files by what they hold: digests that are remembered as long as a file is untouched, and folders as a whole."""

import hashlib
import json
import os
import shutil
import time
from pathlib import Path

FOLDER = "/"
# A change within the file system's clock tick of the last look could leave the same times behind.
TICK = 0.03


def digest(*parts):
    """Of texts and bytes."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.hexdigest()


def digest_of_file(path):
    made = hashlib.blake2b(digest_size=16)
    with open(path, "rb", buffering=0) as file:
        while True:
            block = file.read(1 << 20)
            if not block:
                return made.hexdigest()
            made.update(block)


def write_json(path, value):
    """Whole or not at all."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value), encoding="utf-8")
    os.replace(part, path)


def read_json(path):
    """None where there is no such file or it is no JSON."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class Digests:
    """What each file holds. A file whose size, times and number are as they were is not read again."""

    def __init__(self, path):
        self._path = path
        known = read_json(path)
        self._known = known if isinstance(known, dict) else {}
        self._before = dict(self._known)

    def of(self, path):
        """The digest of a file; None where there is none."""
        return self.made_by(path, "", digest_of_file)

    def made_by(self, path, name, work):
        """What `work(path)` answers, remembered under a name."""
        try:
            signature = _signature(os.stat(path))
        except OSError:
            return None
        key = name + ":" + str(path) if name else str(path)
        known = self._known.get(key)
        if known is not None and known[0] == signature:
            return known[1]
        looked = time.time()
        answer = work(path)
        if looked - max(signature[1], signature[2]) / 1e9 > TICK:
            self._known[key] = [signature, answer]
        return answer

    def note(self, path, answer):
        """The digest of a file that was written here and nobody has touched since."""
        self._known[str(path)] = [_signature(os.stat(path)), answer]

    def save(self):
        if self._known == self._before:
            return
        write_json(self._path, self._known)
        self._before = dict(self._known)


def _signature(stat):
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def look(folder, digests):
    """Everything below a folder: path with forward slashes -> digest, `/` for a folder, `-> target` for a link."""
    found, waiting = {}, [(str(folder), "")]
    while waiting:
        here, prefix = waiting.pop()
        try:
            entries = list(os.scandir(here))
        except OSError:
            continue
        for entry in entries:
            path = prefix + entry.name
            if entry.is_symlink():
                found[path] = "-> " + os.readlink(entry.path)
            elif entry.is_dir():
                if entry.name != "__pycache__":
                    found[path] = FOLDER
                    waiting.append((entry.path, path + "/"))
            elif entry.is_file():
                answer = digests.of(entry.path)
                if answer is not None:
                    found[path] = answer
    return found


class Lost(Exception):
    """What a step once wrote is nowhere to be found: it has to run again."""

    def __init__(self, path):
        super().__init__(path)
        self.path = path


class Workspace:
    """The folder the steps read and write, which can be put back to how it was before any of them."""

    def __init__(self, folder, data, store, digests, start=""):
        self.folder, self.data, self.store, self.digests = Path(folder), Path(data), Path(store), digests
        self.start = start
        # Other run folders, whose files may be copied.
        self.donors = []

    def now(self):
        return look(self.folder, self.digests)

    def original(self):
        """The data, and the folder in which the notebook begins."""
        parts = [part for part in self.start.split("/") if part]
        folders = {"/".join(parts[: count + 1]): FOLDER for count in range(len(parts))}
        return {**folders, **(look(self.data, self.digests) if self.data.is_dir() else {})}

    def put(self, wanted, keep):
        """Makes the folder hold what is wanted. Contents in `keep` are laid aside instead of being deleted."""
        now = self.now()
        missing = {path: what for path, what in wanted.items() if now.get(path) != what}
        sources = {path: self._source(path, what, now) for path, what in missing.items()}
        for path in sorted(now, reverse=True):
            if now[path] != wanted.get(path):
                self._take_away(path, now[path], keep)
        for path in sorted(missing):
            self._bring(path, missing[path], sources[path])
        if any(kind == "copy" for kind, _ in sources.values()):
            time.sleep(TICK)
            for path, (kind, _) in sources.items():
                if kind == "copy":
                    self.digests.note(self.folder / path, missing[path])

    def _source(self, path, what, now):
        if what == FOLDER or what.startswith("-> "):
            return "make", None
        for place in (self.store / what, self.data / path):
            if self.digests.of(place) == what:
                return "copy", place
        for other, held in now.items():
            if held == what:
                # It is laid aside before it is wanted: see _take_away.
                return "copy", self._lay_copy(self.folder / other, what)
        for donor in self.donors:
            for place in (donor / "workspace" / path, donor / ".state" / "files" / what):
                if self.digests.of(place) == what:
                    return "copy", place
        raise Lost(path)

    def _lay_copy(self, source, what):
        self.store.mkdir(parents=True, exist_ok=True)
        _copy(source, self.store / what)
        return self.store / what

    def _take_away(self, path, what, keep):
        place = self.folder / path
        if what == FOLDER:
            shutil.rmtree(place, ignore_errors=True)
        elif what in keep and not (self.store / what).exists():
            self.store.mkdir(parents=True, exist_ok=True)
            os.replace(place, self.store / what)
        else:
            os.unlink(place)

    def _bring(self, path, what, source):
        place = self.folder / path
        if what == FOLDER:
            place.mkdir(parents=True, exist_ok=True)
        elif what.startswith("-> "):
            os.symlink(what[3:], place)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            _copy(source[1], place)

    def forget(self, keep):
        """Deletes what was laid aside and no step's result needs."""
        if self.store.is_dir():
            for entry in self.store.iterdir():
                if entry.name not in keep:
                    entry.unlink()


def _copy(source, target):
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    os.replace(part, target)
