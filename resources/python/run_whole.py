"""run_whole.py <package> <folder> <step> <notebook> [--python <path>]: a notebook itself, as the reference of a proof.

What runs is the notebook's own file and none of the package's; it runs in the workspace of the folder by its own kernel,
and what it gives is kept as a step's would be.
"""

import argparse
import dataclasses
import importlib
from pathlib import Path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package")
    parser.add_argument("folder", type=Path)
    parser.add_argument("step")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--python")
    wish = parser.parse_args()
    artifacts, place, pipeline = (importlib.import_module(wish.package + each) for each in (".artifacts", ".place", ".pipeline"))
    step = next(step for step in pipeline.STEPS if step.name == wish.step)
    folder = wish.folder.resolve()
    original = plain_cells(wish.notebook, folder / (wish.step + ".original.ipynb"))
    packaged = importlib.import_module(wish.package + ".steps." + step.module).NOTEBOOK
    place.enter(folder / "workspace")
    try:
        result = dataclasses.replace(packaged, cells=original).run(wish.python)
    except RuntimeError as error:
        raise SystemExit(str(error))
    part = folder / (wish.step + ".part")
    part.mkdir()
    entries = artifacts.save(part, result)
    artifacts.write_manifest(part, {"step": wish.step, "artifacts": entries})
    part.rename(folder / wish.step)


def plain_cells(path, target):
    """The cells that run, each with its number, counted over all cells."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        is_skipped = "skip" in cell.metadata.get("tags", ()) or cell.source.strip() == ""
        if cell.cell_type == "code" and not is_skipped:
            cell.metadata.setdefault("slipway_cell", "cell %d" % number)
            cell.outputs, cell.execution_count = [], None
            cells.append(cell)
    notebook.cells = cells
    nbformat.write(notebook, target)
    return target


main()
