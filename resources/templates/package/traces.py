"""What a finished step depended on, and whether all of that is still as it was: by content, never by time."""

import ast
import hashlib
import json
import os
import platform
import re
import sys
from pathlib import Path

from .contents import digest, digest_of_file, read_json

SOURCE = Path(__file__).resolve().parent
TRACE = "trace.json"
FORMAT = 1
# What every step runs with.
_RUNTIME = (
    *("step.py", "artifacts.py", "by_value.py", "process_state.py", "process_keepers.py", "helper_state.py"),
    *("patches.py", "notebook.py", "figures.py", "watch.py"),
)
# Words by which code asks whether a file is there without opening it.
_ASKING = re.compile(r"\b(exists|lexists|isfile|isdir|is_file|is_dir|access|stat|glob|rglob|walk|iterdir|listdir|scandir)\b")


def read_trace(folder):
    trace = read_json(Path(folder) / TRACE)
    return trace if isinstance(trace, dict) and trace.get("format") == FORMAT else None


def handed_over(folder, files):
    """What is known of a result that no run of ours made, such as the notebook's own values; None where there is none.

    `files`: what lies in the workspace beside the data.
    """
    folder = Path(folder)
    if read_json(folder / "manifest.json") is None:
        return None
    from . import process_state

    remembered = process_state.load(folder) if (folder / process_state.FILE).exists() else {}
    written = {part: "handed over" for part in remembered if part != "seed"}
    state = {"read": {}, "written": written, "drawn": []}
    return {"format": FORMAT, "run_folder": str(folder.parent), "writes": files, "files": {}, "state": state}


class World:
    """What the next step would find: the results so far, the files, and what the process remembers."""

    def __init__(self, run_folder, files, seed):
        self.run_folder, self.files = Path(run_folder), dict(files)
        self.start = "seed %s" % seed
        # Each part of the process's state: its digest and the step that changed it last.
        self.state = {}
        self.done, self.manifests, self.traces = [], {}, {}

    def add(self, name, folder, trace):
        """The step's result lies in `folder`, and what follows sees it."""
        self.done.append(name)
        self.manifests[name] = read_json(Path(folder) / "manifest.json") or {"artifacts": []}
        self.traces[name] = trace
        for path, what in trace["writes"].items():
            if what is None:
                self.files.pop(path, None)
            else:
                self.files[path] = what
        for part, what in trace["state"]["written"].items():
            self.state[part] = (what, name)

    def state_of(self, part):
        if part in self.state:
            return self.state[part][0]
        return self.start if "random" in part else ""

    def names(self):
        return digest(*sorted(self.files))

    def input(self, name):
        """What a step that takes this name would load: a digest, None where no step has it."""
        for owner in reversed(self.done):
            entry = next((each for each in self.manifests[owner]["artifacts"] if each["name"] == name), None)
            if entry is None:
                continue
            if entry["file"] is None:
                continue
            later = self.done[self.done.index(owner) + 1 :]
            newest = [each for each in entry["together"] if not any(self._has(other, each) for other in later)]
            held = self.traces[owner]["files"].get(entry["file"], [0, ""])[1]
            return digest(held, entry["kind"], json.dumps([entry["together"], newest]))
        return None

    def owner_file(self, name):
        """The step that has a name, and the file it is kept in."""
        for owner in reversed(self.done):
            for entry in self.manifests[owner]["artifacts"]:
                if entry["name"] == name and entry["file"] is not None:
                    return owner, entry["file"]
        return None

    def _has(self, owner, name):
        return any(each["name"] == name and each["file"] is not None for each in self.manifests[owner]["artifacts"])


# ── what a step is now ────────────────────────────────────────────────────────────────────────────


class Present:
    """Code, environment and parameters as they are now."""

    def __init__(self, digests, salt, parameters, figures):
        self._digests, self._salt, self._figures = digests, salt, figures
        self._parameters = parameters
        self._environment = None
        self._codes, self._given = {}, {}

    def code(self, step, whole_helpers):
        """Of the step's file and of the helpers it uses; of all helpers where its inputs need them too."""
        key = (step.name, whole_helpers)
        if key not in self._codes:
            file = SOURCE / "steps" / (step.module + ".py")
            shape = json.dumps([step.inputs, step.outputs, step.required, step.parameters, step.function])
            own = self._digests.made_by(file, "code", lambda path: digest(_plain_code(path)))
            notebook = file.with_suffix(".ipynb")
            cells = self._digests.of(notebook) if notebook.exists() else ""
            self._codes[key] = digest(own, cells, self._helpers(file, whole_helpers), shape)
        return self._codes[key]

    def _helpers(self, file, whole):
        helpers = SOURCE / "helpers.py"
        if not helpers.exists():
            return ""
        if whole:
            return self._digests.made_by(helpers, "code", lambda path: digest(_plain_code(path)))
        wanted = self._digests.made_by(file, "imports", _imported_helpers)
        if not wanted:
            return ""
        name = "helpers " + " ".join(wanted)
        return self._digests.made_by(helpers, name, lambda path: digest(_plain_code(path, wanted)))

    @property
    def environment(self):
        if self._environment is None:
            lock = SOURCE.parents[1] / "requirements.lock"
            runtime = [self._digests.of(SOURCE / name) for name in _RUNTIME]
            self._environment = digest(
                sys.version, platform.machine(), self._digests.of(lock), *runtime, *_installed(), os.environ.get("PYTHONHASHSEED", "0")
            )
        return self._environment

    def parameters(self, step, known):
        if step.name not in self._given:
            values = {name: known[name].present(self._parameters) for name in step.parameters}
            self._given[step.name] = {name: self.secretly(repr(value)) for name, value in values.items()}
        return self._given[step.name]

    def variables(self, names):
        return {name: self.secretly(os.environ[name]) if name in os.environ else None for name in names}

    def secretly(self, text):
        """A digest that does not give the text away: it may be a secret."""
        return hashlib.pbkdf2_hmac("sha256", text.encode("utf-8", "surrogatepass"), self._salt, 2000).hex()

    @property
    def figures(self):
        return self._figures


def _installed():
    """Names and versions of what is installed, from the folders' names alone."""
    found = set()
    for folder in sys.path:
        if "site-packages" in folder or "dist-packages" in folder:
            try:
                found.update(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info")))
            except OSError:
                continue
    return sorted(found)


def _plain_code(path, wanted=None):
    """The code without comments, blank lines, and the first docstrings, which name cells by their numbers."""
    text = Path(path).read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    body = tree.body[1:] if _is_docstring(tree.body) else tree.body
    if wanted is not None:
        body = _used(body, wanted)
    elif Path(path).parent.name == "steps" and body and isinstance(body[-1], (ast.FunctionDef, ast.AsyncFunctionDef)):
        if _is_docstring(body[-1].body):
            body[-1].body = body[-1].body[1:]
    return "\n".join(ast.dump(each) for each in body)


def _is_docstring(body):
    first = body[0] if body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


_DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _used(body, wanted):
    """The definitions that are wanted and those they mention, and everything that is no definition."""
    definitions = {}
    for each in body:
        if isinstance(each, _DEFINITION):
            definitions.setdefault(each.name, []).append(each)
    mentioned = {name: set().union(*map(_words, each)) for name, each in definitions.items()}
    rest = set().union(set(), *(_words(each) for each in body if not isinstance(each, _DEFINITION)))
    if {"globals", "eval", "exec", "vars"} & rest.union(*mentioned.values(), set()):
        return body
    taken, waiting = set(), [*wanted, *rest]
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in taken:
            taken.add(name)
            waiting.extend(mentioned[name])
    return [each for each in body if not isinstance(each, _DEFINITION) or each.name in taken]


def _words(tree):
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.update(re.findall(r"\w+", node.value))
    return words


def _imported_helpers(path):
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except SyntaxError:
        return ["*"]
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level > 0 and node.module == "helpers":
            names.update(alias.name for alias in node.names)
    return sorted(names)


# ── made, and compared ────────────────────────────────────────────────────────────────────────────


def make_trace(step, seen, world, present, known_parameters, writes, usage):
    """What the step was run with. `world` is how things were when it began."""
    whole = _needs_all_helpers(step, world)
    unseen, files = seen["unseen"], world.files
    code = "\n".join(
        (SOURCE / path).read_text(encoding="utf-8")
        for path in ("steps/" + step.module + ".py", "helpers.py")
        if (SOURCE / path).exists()
    )
    for path in seen["reads"]:
        module = world.run_folder / "workspace" / path
        code += module.read_text(encoding="utf-8", errors="replace") if path.endswith(".py") and module.exists() else ""
    asks = bool(unseen or seen["listed"] or _ASKING.search(code))
    reads = {path: files.get(path) for path in seen["reads"] if files.get(path) != "/"}
    if unseen:
        reads.update(files)
    return {
        "format": FORMAT,
        "run_folder": str(world.run_folder),
        "code": present.code(step, whole),
        "whole_helpers": whole,
        "environment": present.environment,
        "figures": present.figures,
        "parameters": present.parameters(step, known_parameters),
        "inputs": {name: world.input(name) for name in step.inputs},
        "reads": reads,
        "outside": seen["outside"],
        "names": world.names() if asks else None,
        "unseen": unseen,
        "variables": present.variables(seen["variables"]),
        "state": {
            # Where it came from and what it was: either will do.
            "read": {part: [world.state_of(part), began] for part, began in seen["state"]["read"].items()},
            "written": seen["state"]["written"],
            "drawn": seen["state"]["drawn"],
        },
        "writes": writes,
        "files": seen["files"],
        "usage": usage,
    }


def _needs_all_helpers(step, world):
    """Whether an input is a pickle that names something of the helpers."""
    for name in step.inputs:
        found = world.owner_file(name)
        if found is None or not found[1].endswith(".pkl"):
            continue
        data = (world.run_folder / found[0] / found[1]).read_bytes()
        if b"__main__" in data or b"helpers" in data:
            return True
    return False


def what_changed(step, trace, world, present, known_parameters):
    """Why the step has to run again, in a few words; None where it need not."""
    if trace["environment"] != present.environment:
        return "Python or its packages changed"
    if trace["code"] != present.code(step, trace["whole_helpers"]):
        return "its code changed"
    if trace["figures"] != present.figures:
        return "figures are asked for differently"
    return (
        _difference("the parameter %s changed", trace["parameters"], present.parameters(step, known_parameters))
        or _difference("its input %s changed", trace["inputs"], {name: world.input(name) for name in step.inputs})
        or _difference("the file %s changed", trace["reads"], world.files, trace["reads"])
        or _files_outside(trace["outside"], present)
        or _difference("the variable %s changed", trace["variables"], present.variables(trace["variables"]))
        or _new_files(trace, world)
        or _state(trace, world)
    )


def _difference(words, before, now, names=None):
    for name in before if names is None else names:
        if before[name] != now.get(name):
            return words % name
    return words % next(iter(set(now) - set(before))) if names is None and set(now) - set(before) else None


def _files_outside(before, present):
    for path, what in before.items():
        now = present._digests.of(path) if os.path.isfile(path) else ""
        if now != what:
            return "the file %s changed" % path
    return None


def _new_files(trace, world):
    if trace["names"] is None or (trace["names"] == world.names() and not trace["unseen"]):
        return None
    if trace["names"] == world.names() and set(world.files) == set(trace["reads"]):
        return None
    return "files came or went"


_STATE_WORDS = {"random": "the random stream", "variables": "the environment variables", "folder": "the working folder"}


def _state(trace, world):
    for part, what in trace["state"]["read"].items():
        if world.state_of(part) not in what:
            words = _STATE_WORDS.get(part) or ("the random stream of " + part.split("_")[0] if "random" in part else "")
            return "%s it begins with changed" % (words or "the options of " + part.split("_")[0])
    return None


def is_whole(folder, trace, digests):
    """Whether everything the step kept is still there, as it was kept."""
    for path, (size, what) in trace["files"].items():
        place = os.path.join(str(folder), path)
        try:
            if os.stat(place).st_size != size:
                return False
        except OSError:
            return False
        if digests.of(place) != what:
            return False
    return True
