import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
sys.path.insert(0, str(SOURCE))

from {{name}} import place  # noqa: E402

place.find_modules(SOURCE.parent / "data")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    command = [sys.executable, "-m", "{{name}}", "run", "--run-folder", str(folder), "--seed", "{{seed}}", "--no-figures"]
    environment = dict(os.environ, PYTHONPATH=str(SOURCE))
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert result.returncode == 0, result.stdout
    return folder
