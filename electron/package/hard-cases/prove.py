"""Runs the hard cases as a notebook would, each in a fork of this process, and compares the packages with that.

prove.py reference <jobs.json>: every cell in a real IPython shell, what the names hold kept as a reference run keeps it.
prove.py run <jobs.json>: the package's own command line. The processes it starts are forks that begin like new ones,
with the libraries loaded beforehand that the package's first step imports.
prove.py compare <jobs.json>: the comparison of the product, and every variable that is left at the end.
One JSON line per case.
"""

import contextlib
import glob
import importlib
import importlib.util
import io
import json
import os
import py_compile
import re
import runpy
import shutil
import subprocess
import sys
import traceback
import types
from pathlib import Path

END = "the_end"
RESOURCES = Path(__file__).resolve().parents[3] / "resources"


def main():
    mode, jobs = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    if mode == "run":
        return run_all(jobs)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline" if mode == "reference" else "Agg"
    for name in ("IPython.core.interactiveshell", *LIBRARIES) if mode == "reference" else LIBRARIES[:2]:
        importlib.import_module(name)
    if mode == "reference":
        load_nbformat()
        new_shell()
    for job in jobs:
        answer(job, run_notebook if mode == "reference" else compare)


def load_nbformat():
    """IPython runs a notebook by it; where the environment has none it is taken from the app's tools."""
    places = glob.glob(os.path.join(os.environ.get("SLIPWAY_TOOLS", ""), "lib", "python3*", "site-packages"))
    sys.path += places
    importlib.import_module("nbformat")
    sys.path[:] = [each for each in sys.path if each not in places]


LIBRARIES = ("numpy", "pandas", "sklearn", "matplotlib.pyplot")


def answer(job, work):
    print(json.dumps({"id": job["id"], **in_a_fork(work, job)}), flush=True)


def in_a_fork(work, job):
    """What the work answers, in a process of its own."""
    folder = Path(job["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    answer = folder / "answer.json"
    child = os.fork()
    if child == 0:
        try:
            with open(folder / (work.__name__ + ".log"), "w", encoding="utf-8") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                answer.write_text(json.dumps(work(job)), encoding="utf-8")
        except BaseException:
            answer.write_text(json.dumps({"error": traceback.format_exc()}), encoding="utf-8")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    try:
        return json.loads(answer.read_text(encoding="utf-8"))
    finally:
        answer.unlink()


def new_shell():
    """One for each process; made before the forks, each finds it as it was made."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=settings)
    shell.enable_gui = lambda *_: None
    return shell


# ── the notebook ──────────────────────────────────────────────────────────────────────────────────


def run_notebook(job):
    workspace = Path(job["folder"]) / "reference" / "workspace"
    workspace.mkdir(parents=True)
    for path, text in job["files"].items():
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / path).write_text(text, encoding="utf-8")
    os.chdir(workspace)
    os.environ["PYTHONHASHSEED"] = "0"
    shell = new_shell()
    sys.path.insert(0, "")
    sys.modules["__main__"] = shell.user_module
    recorder = load(RESOURCES / "python" / "reference_recorder.py", "_slipway_recorder")
    recorder.start(str(RESOURCES / "templates" / "package"), str(Path(job["folder"]) / "reference"), str(workspace), job["seed"])
    # As a kernel does at the end of each cell.
    flush = importlib.import_module("matplotlib_inline.backend_inline").flush_figures
    shell.events.register("post_execute", flush)
    hidden = set(shell.user_ns) | set(shell.user_ns_hidden)
    for number, cell in enumerate(job["cells"]):
        result = shell.run_cell(cell, store_history=True)
        failure = result.error_before_exec or result.error_in_exec
        if failure is not None and number not in job["raises"]:
            return {"error": "cell %d: %s: %s" % (number + 1, type(failure).__name__, failure)}
        for step in job["steps"]:
            if step["lastCell"] == number:
                recorder.capture(step["id"], step["keeps"], shell.user_ns)
    left = [name for name in shell.user_ns if name not in hidden and not name.startswith("_")]
    kinds = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
    recorder.capture(END, [name for name in left if not isinstance(shell.user_ns[name], kinds)], shell.user_ns)
    return {}


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


# ── the package ───────────────────────────────────────────────────────────────────────────────────


def run_all(jobs):
    """Libraries are loaded one after the other; a package runs when all those are there that its first step begins with."""
    compile_once(jobs)
    for name in in_a_fork(standard_modules, jobs[0])["names"] if jobs else ():
        importlib.import_module(name)
    by_loaded = {}
    for job in jobs:
        by_loaded.setdefault(loadable(job), []).append(job)
    for count in range(len(LIBRARIES) + 1):
        for job in by_loaded.get(count, []):
            answer(job, run_package)
        if any(later > count for later in by_loaded):
            importlib.import_module(LIBRARIES[count])


def compile_once(jobs):
    """What all packages have in common is compiled once; Python compares the text before it takes what is compiled."""
    compiled = {}
    for job in jobs:
        for path in (Path(job["package"]) / "src" / job["id"]).glob("*.py"):
            text, place = path.read_bytes(), importlib.util.cache_from_source(str(path))
            if text in compiled:
                Path(place).parent.mkdir(exist_ok=True)
                shutil.copyfile(compiled[text], place)
            else:
                compiled[text] = py_compile.compile(str(path), place, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)


def standard_modules(job):
    """What each process of any package imports of Python itself."""
    sys.path.insert(0, str(Path(job["package"]) / "src"))
    for name in ("__main__", "runner", "step"):
        importlib.import_module("%s.%s" % (job["id"], name))
    return {"names": [name for name in sys.modules if name.split(".")[0] in sys.stdlib_module_names and name != "__main__"]}


def loadable(job):
    """How many of the libraries the first step imports at its top: in a forked run they are there for all later ones."""
    source = Path(job["package"]) / "src" / job["id"]
    first = re.search(r'module="(\w+)"', (source / "pipeline.py").read_text(encoding="utf-8")).group(1)
    text = (source / "steps" / (first + ".py")).read_text(encoding="utf-8")
    imported = {library for library in LIBRARIES if re.search(r"^(import|from) %s\b" % library.split(".")[0], text, re.M)}
    # All others of them import it themselves.
    imported |= {"numpy"} if imported else set()
    return next((count for count, library in enumerate(LIBRARIES) if library not in imported), len(LIBRARIES))


def run_package(job):
    """The events of a run, and how it ended."""
    folder = Path(job["folder"]) / "package"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.Popen = Fork
    os.chdir(job["package"])
    source = str(Path(job["package"]) / "src")
    os.environ.update(PYTHONPATH=source, PYTHONUTF8="1")
    sys.path[:] = [job["package"], source] + START_PATH
    sys.argv = ["run", "run", "--json", "--run-folder", str(folder), "--seed", str(job["seed"]), "--isolate", "spawn"]
    printed = io.StringIO()
    code = 0
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_module(job["id"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code or 0
    return {"code": code, "events": [line for line in printed.getvalue().splitlines() if line.startswith("{")]}


START_PATH = [entry for entry in sys.path[1:] if entry != ""]
REAL_POPEN = subprocess.Popen


class Fork:
    """Stands for the process `python -m <package> …`; any other command is a real one."""

    def __new__(cls, command, **options):
        is_ours = command[0] == sys.executable and command[1] == "-m"
        return super().__new__(cls) if is_ours else REAL_POPEN(command, **options)

    def __init__(self, command, cwd, env, stdout=None, **_options):
        reading, writing = os.pipe()
        self.args, self.returncode = command, None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            self._be(command[2], command[3:], cwd, env, writing)
        os.close(writing)
        self.stdout = open(reading, "rb")
        self.stderr = self.stdin = None

    @staticmethod
    def _be(package, arguments, cwd, env, output):
        code = 1
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", buffering=1)
            sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", buffering=1)
            os.chdir(cwd)
            os.environ.clear()
            os.environ.update(env)
            subprocess.Popen = REAL_POPEN
            sys.path[:] = [cwd, *env.get("PYTHONPATH", "").split(os.pathsep), *START_PATH]
            for name in [each for each in sys.modules if each.split(".")[0] == package]:
                del sys.modules[name]
            sys.argv = [package, *arguments]
            runpy.run_module(package, run_name="__main__", alter_sys=True)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def poll(self):
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            _, status = os.waitpid(self.pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def kill(self):
        os.kill(self.pid, 9)

    terminate = kill


# ── the comparison ────────────────────────────────────────────────────────────────────────────────


def compare(job):
    """`proof`: what the product's own comparison says; `left`: each variable at the end, by verdict."""
    folder = Path(job["folder"])
    reference, run = folder / "reference", folder / "package"
    os.chdir(run / "workspace")
    os.environ["MPLBACKEND"] = "Agg"
    sys.path.insert(0, str(Path(job["package"]) / "src"))
    script = RESOURCES / "python" / "compare_outputs.py"
    sys.argv = [str(script), job["id"], str(reference), str(run)]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        rules = runpy.run_path(str(script), run_name="__main__")
    proof = [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith("{")]
    return {"proof": proof, "left": list(left_at_the_end(rules["comparison"].compare, job, reference, run))}


def left_at_the_end(judge, job, reference, run):
    artifacts = importlib.import_module(job["id"] + ".artifacts")
    manifests = {step["id"]: artifacts.read_manifest(run / step["id"]) for step in job["steps"]}
    for entry in artifacts.read_manifest(reference / END)["artifacts"]:
        name = entry["name"]
        if entry["file"] is None:
            yield {"name": name, "verdict": "not-compared", "note": entry["reason"]}
            continue
        owner = newest(manifests, name)
        if owner is None:
            if name in job["aside"] or any(hasattr(importlib.import_module(each), name) for each in job["stars"]):
                continue
            reason = reason_in(manifests, name)
            if reason is not None or is_drawing(entry, reference):
                yield {"name": name, "verdict": "not-compared", "note": reason or "a drawing"}
            else:
                yield {"name": name, "verdict": "different", "note": "the package left no value"}
            continue
        try:
            one, two = artifacts.load(reference / END, [name])[name], artifacts.load(run / owner, [name])[name]
        except Exception as error:
            yield {"name": name, "verdict": "not-compared", "note": "it cannot be read back: %s" % error}
            continue
        verdict, note, _ = judge(name, one, two)
        yield {"name": name, "verdict": verdict, "note": note}


def is_drawing(entry, folder):
    if entry["type"].startswith("matplotlib."):
        return True
    value = importlib.import_module("pickle").loads((folder / END / entry["file"]).read_bytes()) if entry["kind"] == "pickle" else None
    value = value.get(entry["name"]) if entry["together"] and isinstance(value, dict) else value
    values = value.ravel().tolist() if type(value).__name__ == "ndarray" else value
    return isinstance(values, (list, tuple)) and any(type(each).__module__.startswith("matplotlib.") for each in values)


def reason_in(manifests, name):
    for manifest in manifests.values():
        for entry in (manifest or {"artifacts": []})["artifacts"]:
            if entry["name"] == name and entry["reason"]:
                return entry["reason"]
    return None


def newest(manifests, name):
    for step in reversed(manifests):
        for entry in (manifests[step] or {"artifacts": []})["artifacts"]:
            if entry["name"] == name and entry["file"] is not None:
                return step
    return None


main()
