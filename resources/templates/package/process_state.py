"""What a notebook's one process remembers from cell to cell besides its variables, carried on from step to step.

The random streams go on where the step before left them; options of libraries, environment variables and the working
folder are set again. Put back is what belongs to modules the next step has imported; the rest is handed on as it is.
"""

import os
import pickle
import random
import sys

FILE = "process.pkl"


def save(folder, earlier, environment):
    """`environment` holds the variables as they were when the process began."""
    state = dict(earlier)
    state["random"] = random.getstate()
    for name, (module, read, _) in _KEEPERS.items():
        if module in sys.modules:
            state[name] = read(sys.modules[module])
    state["folder"] = os.getcwd()
    state["variables"] = {
        **state.get("variables", {}),
        **{name: value for name, value in os.environ.items() if environment.get(name) != value},
    }
    with open(folder / FILE, "wb") as file:
        pickle.dump(state, file, protocol=4)


def load(folder):
    with open(folder / FILE, "rb") as file:
        return pickle.load(file)


def restore(state):
    random.setstate(state["random"])
    if "numpy_random" in state:
        import numpy  # noqa: F401
    for name, (module, _, write) in _KEEPERS.items():
        if name in state and module in sys.modules:
            write(sys.modules[module], state[name])
    if os.path.isdir(state["folder"]):
        os.chdir(state["folder"])
    os.environ.update(state["variables"])


def seed(number):
    """Gives every global random stream that is installed the same start."""
    import importlib.util

    random.seed(number)
    if importlib.util.find_spec("numpy") is not None:
        import numpy

        numpy.random.seed(number)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(number)


def _pandas_options(pandas):
    found = {}
    for name, value in _options_of(pandas):
        try:
            pickle.dumps(value)
        except Exception:
            continue
        found[name] = value
    return found


def _options_of(pandas):
    try:
        from pandas._config import config

        return [(name, pandas.get_option(name)) for name in config._registered_options if name not in config._deprecated_options]
    except Exception:
        return []


def _set_pandas_options(pandas, options):
    for name, value in options.items():
        try:
            if pandas.get_option(name) != value:
                pandas.set_option(name, value)
        except Exception:
            continue


def _drawing_settings(matplotlib):
    return {name: value for name, value in matplotlib.rcParams.items() if not name.startswith("backend")}


def _set_drawing_settings(matplotlib, settings):
    for name, value in settings.items():
        try:
            if matplotlib.rcParams[name] != value:
                matplotlib.rcParams[name] = value
        except Exception:
            continue


_KEEPERS = {
    "numpy_random": (
        "numpy",
        lambda numpy: numpy.random.get_state(),
        lambda numpy, state: numpy.random.set_state(state),
    ),
    "numpy_errors": ("numpy", lambda numpy: numpy.geterr(), lambda numpy, state: numpy.seterr(**state)),
    "torch_random": (
        "torch",
        lambda torch: torch.get_rng_state().numpy().tobytes(),
        lambda torch, state: torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8)),
    ),
    "sklearn": (
        "sklearn",
        lambda sklearn: sklearn.get_config(),
        lambda sklearn, state: sklearn.set_config(
            **{name: value for name, value in state.items() if sklearn.get_config().get(name) != value}
        ),
    ),
    "pandas": ("pandas", _pandas_options, _set_pandas_options),
    "matplotlib": ("matplotlib", _drawing_settings, _set_drawing_settings),
}
