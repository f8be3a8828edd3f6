"""What a notebook gives its cells and a plain program does not: shown values, figures, shell commands."""

import importlib
import os
import subprocess
import sys
import traceback
from pathlib import Path

# Figures are drawn into files; no window is opened. Set before matplotlib is imported.
os.environ.setdefault("MPLBACKEND", "module://%s.figures" % __package__)


class _Unbound:
    """Stands for a variable that has no value."""

    def __repr__(self):
        return "UNBOUND"


UNBOUND = _Unbound()


def display(*values, **_options):
    """Prints what a notebook would show."""
    for value in values:
        if value is not None:
            print(value if isinstance(value, str) else _text(value))


def show(value):
    """The value of a cell's last line, as a notebook would show it."""
    if value is not None:
        print(_text(value))


def _text(value):
    """A notebook goes on where a value cannot be shown."""
    try:
        return repr(value)
    except Exception as error:
        return "<%s that cannot be shown: %s: %s>" % (type(value).__name__, type(error).__name__, error)


def end_cell():
    """What happens to figures when a cell ends: they are shown (here: saved) and closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    folder = os.environ.get("FIGURES_FOLDER")
    for number in pyplot.get_fignums():
        if folder:
            _save_figure(pyplot.figure(number), Path(folder))
    pyplot.close("all")


def _save_figure(figure, folder):
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("*.png"))) + 1
    try:
        figure.savefig(folder / ("%03d.png" % number), bbox_inches="tight")
    except Exception as error:
        print("A figure could not be saved: %s" % error, file=sys.stderr)


def shell(command):
    """``!command``: its output is printed, its failure is not an error, as in a notebook."""
    result = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(result.stdout, end="")


def shell_lines(command):
    """``name = !command``: the lines of its output."""
    result = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return result.stdout.splitlines()


def change_folder(path):
    """``%cd path``: a folder that is not there is said, and the notebook goes on."""
    try:
        os.chdir(path)
        print(os.getcwd())
    except OSError as error:
        print(error)


def set_variable(name, value):
    """``%env name=value``."""
    os.environ[name] = value
    print("env: %s=%s" % (name, value))


def write_file(path, text, mode="w"):
    """``%%writefile path``."""
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)
    importlib.invalidate_caches()


def show_error():
    """The error of a cell from which one is expected: the notebook goes on."""
    traceback.print_exc(file=sys.stdout)


def check_star(module, *names):
    """Refuses a star import that would bind names over those of the notebook."""
    found = importlib.import_module(module)
    given = getattr(found, "__all__", None) or [name for name in vars(found) if not name.startswith("_")]
    over = sorted(set(names).intersection(given))
    if over:
        raise ImportError(
            "from %s import * binds %s over what earlier cells bound. Import the names it is needed for one by one."
            % (module, " and ".join(over))
        )


def bound(names, *wanted):
    """Those of the wanted names that have a value."""
    return {name: names[name] for name in wanted if name in names}
