"""The cells of a notebook in IPython, with the recorder or without: prints the CPU and wall seconds the cells took.

Arguments: notebook, `plain` or `recorded`, resources, a folder to work in that holds the notebook's data.
"""

import importlib.util
import json
import os
import sys
import time
import warnings
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

warnings.simplefilter("ignore")
notebook, way, resources, folder = sys.argv[1:]
os.environ["MPLBACKEND"] = "Agg"
cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
shell = InteractiveShell.instance()
shell.user_module.__name__ = "__main__"
sys.modules["__main__"] = shell.user_module
sys.path.insert(0, "")
os.chdir(folder)
told, sys.stdout = sys.stdout, open(os.devnull, "w")
if way == "recorded":
    path = Path(resources) / "python" / "reference_recorder.py"
    spec = importlib.util.spec_from_file_location("_slipway_recorder", path)
    recorder = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recorder)
    recorder.start(str(Path(resources) / "templates" / "package"), str(Path(folder) / "kept"), folder, 1, shell)
wall, cpu = time.perf_counter(), time.process_time()
failed = sum(not shell.run_cell(source, store_history=True).success for source in sources)
json.dump({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "failed": failed}, told)
