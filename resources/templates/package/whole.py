"""Runs notebooks as they are, each by its own Jupyter kernel, and tells what cells showed and what files they wrote."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .contents import digest_of_file

EXECUTED = ".executed.ipynb"


class KernelMissing(RuntimeError):
    """The computer has no such kernel."""


@dataclass(frozen=True)
class Notebook:
    """A notebook as one step."""

    name: str
    # The file with its cells alone.
    cells: Path
    kernel: str
    language: str
    # The command that brings the kernel, where it is known.
    install: Optional[str]
    # Where the executed notebook goes: a file of the workspace.
    executed: str

    def run(self, python=None):
        """All cells in turn. `python`: the Python that runs the cells of a Python notebook, by default this one."""
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError

        notebook = nbformat.read(self.cells, as_version=4)
        before = files()
        client = NotebookClient(
            notebook,
            km=self.manager(python),
            timeout=None,
            # When each cell ran would make the executed notebook another one each time.
            record_timing=False,
            resources={"metadata": {"path": os.getcwd()}},
        )
        # The kernel ends with the run: one that does not watch its parent would go on for ever.
        client.owns_km = True
        try:
            client.execute()
        except CellExecutionError as error:
            # The cell and its error alone: the traceback of the kernel stands in the executed notebook.
            where = (failed_cell(notebook) or "A cell", self.name, error.ename, error.evalue)
            raise RuntimeError("%s of %s fails: %s: %s" % where) from None
        finally:
            nbformat.write(notebook, self.executed)
        after = files()
        written = {path: what for path, what in after.items() if before.get(path) != what}
        return {"cell_outputs": outputs_of(notebook), "files_written": written}

    def manager(self, python=None):
        from jupyter_client.kernelspec import KernelSpec, NoSuchKernel
        from jupyter_client.manager import AsyncKernelManager

        made = AsyncKernelManager(kernel_name=self.kernel)
        if self.language == "python":
            argv = [python or sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            made._kernel_spec = KernelSpec(argv=argv, language="python", display_name="Python")
            return made
        try:
            made.kernel_spec
        except NoSuchKernel:
            how = " Install it by: %s" % self.install if self.install else ""
            raise KernelMissing(
                "%s needs the Jupyter kernel %s (%s), which is not installed here.%s"
                % (self.name, self.kernel, self.language, how)
            ) from None
        return made


def failed_cell(notebook):
    """The last one that showed an error: the run ends with it."""
    failed = [
        cell.metadata["slipway_cell"]
        for cell in notebook.cells
        if any(each["output_type"] == "error" for each in cell.get("outputs", ()))
    ]
    return failed[-1].capitalize() if failed else None


def files():
    """What lies in the workspace, by content, but for notebooks that steps have executed."""
    found = {}
    for path in sorted(Path(".").rglob("*")):
        is_executed = path.name.endswith(EXECUTED)
        if path.is_file() and not is_executed and not any(part.startswith(".") or part == "__pycache__" for part in path.parts):
            found[path.as_posix()] = digest_of_file(path)
    return found


def outputs_of(notebook):
    """By cell, what can be compared: text in its order, other media by their kind."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {cell.metadata["slipway_cell"]: [each for each in _plain(cell.outputs)] for cell in cells}


_TEXTS = ("text/plain", "text/html", "text/latex", "text/markdown", "application/json")


def _plain(outputs):
    """Streams of one name in a row are one: how a kernel cuts them is chance."""
    last = None
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            if last is not None and last.get("stream") == output["name"]:
                last["text"] += output["text"]
                continue
            if last is not None:
                yield last
            last = {"stream": output["name"], "text": output["text"]}
            continue
        if last is not None:
            yield last
            last = None
        if kind == "error":
            yield {"error": output["ename"], "text": output["evalue"]}
        else:
            data = output["data"]
            yield {"media": sorted(data), "data": {name: data[name] for name in _TEXTS if name in data}}
    if last is not None:
        yield last
