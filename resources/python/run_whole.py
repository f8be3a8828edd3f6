"""run_whole.py <package> <folder> <step> [--python <path>]: a notebook itself, run whole as the reference of a proof.

It runs in the workspace of the folder by the notebook's own kernel; what it gives is kept as a step's would be.
"""

import argparse
import importlib
from pathlib import Path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package")
    parser.add_argument("folder", type=Path)
    parser.add_argument("step")
    parser.add_argument("--python")
    wish = parser.parse_args()
    artifacts, place, pipeline = (importlib.import_module(wish.package + each) for each in (".artifacts", ".place", ".pipeline"))
    step = next(step for step in pipeline.STEPS if step.name == wish.step)
    notebook = importlib.import_module(wish.package + ".steps." + step.module).NOTEBOOK
    folder = wish.folder.resolve()
    place.enter(folder / "workspace")
    try:
        result = notebook.run(wish.python)
    except RuntimeError as error:
        raise SystemExit(str(error))
    part = folder / (wish.step + ".part")
    part.mkdir()
    entries = artifacts.save(part, result)
    artifacts.write_manifest(part, {"step": wish.step, "artifacts": entries})
    part.rename(folder / wish.step)


main()
