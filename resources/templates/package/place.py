"""Where the notebook stood among the files it used, and where it found modules of its own."""

import os
import sys
from pathlib import Path

from .pipeline import PATHS, START

DATA = Path(os.environ.get("DATA_FOLDER") or Path(__file__).resolve().parents[2] / "data")


def notebook_folder(root):
    """The folder that relative paths start from."""
    return os.path.normpath(os.path.join(str(root), START))


def enter(root):
    """The working folder and the module search path as the notebook's first cell finds them."""
    folder = notebook_folder(root)
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    find_modules(root)


def find_modules(root):
    folder = notebook_folder(root)
    sys.path.insert(0, folder)
    for path, is_first in PATHS:
        place = os.path.normpath(os.path.join(folder, path))
        if place not in sys.path:
            sys.path.insert(0 if is_first else len(sys.path), place)
