"""Runs a notebook as it is, by its own Jupyter kernel, and tells what its cells showed and what files it wrote."""

import os
import sys
from pathlib import Path

from .contents import digest_of_file

NOTEBOOK = Path(__file__).with_name("whole_notebook.ipynb")
KERNEL, LANGUAGE, INSTALL = {{kernel}}, {{language}}, {{install}}
# Where the executed notebook goes: a file of the workspace.
EXECUTED = {{executed}}


class KernelMissing(RuntimeError):
    """The computer has no such kernel."""


def run(python=None):
    """All cells in turn. `python`: the Python that runs the cells of a Python notebook, by default this one."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    before = files()
    client = NotebookClient(notebook, km=manager(python), timeout=None, resources={"metadata": {"path": os.getcwd()}})
    try:
        client.execute()
    except CellExecutionError as error:
        # The cell and its error alone: the traceback of the kernel stands in the executed notebook.
        raise RuntimeError("A cell of the notebook fails: %s: %s" % (error.ename, error.evalue)) from None
    finally:
        nbformat.write(notebook, EXECUTED)
    after = files()
    written = {path: what for path, what in after.items() if before.get(path) != what and path != EXECUTED}
    return {"cell_outputs": outputs_of(notebook), "files_written": written}


def manager(python=None):
    from jupyter_client.kernelspec import KernelSpec, NoSuchKernel
    from jupyter_client.manager import AsyncKernelManager

    made = AsyncKernelManager(kernel_name=KERNEL)
    if LANGUAGE == "python":
        argv = [python or sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        made._kernel_spec = KernelSpec(argv=argv, language="python", display_name="Python")
        return made
    try:
        made.kernel_spec
    except NoSuchKernel:
        how = " Install it by: %s" % INSTALL if INSTALL else ""
        raise KernelMissing(
            "The notebook needs the Jupyter kernel %s (%s), which is not installed here.%s" % (KERNEL, LANGUAGE, how)
        ) from None
    return made


def files():
    """What lies in the workspace, by content."""
    found = {}
    for path in sorted(Path(".").rglob("*")):
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in path.parts):
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
