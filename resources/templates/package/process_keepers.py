"""What each module of Python and each library remembers for its whole process: how it is read, and how it is set again."""

import pickle
from collections import namedtuple

# `read` answers None where there is nothing to carry on; `seed` starts its random stream.
Keeper = namedtuple("Keeper", "module read write seed", defaults=(None,))


def _set_each(target, values):
    """Sets what differs, one by one: a setting that another version does not know is left as it is."""
    for name, value in values.items():
        try:
            if target[name] != value:
                target[name] = value
        except Exception:
            continue


def _picklable(values):
    found = {}
    for name, value in values.items():
        try:
            pickle.dumps(value)
        except Exception:
            continue
        found[name] = value
    return found


# ── Python's own ──────────────────────────────────────────────────────────────────────────────────


def _warning_filters(warnings):
    return [entry for entry in warnings.filters if entry[2].__module__ == "builtins"]


def _set_warning_filters(warnings, entries):
    others = [entry for entry in warnings.filters if entry[2].__module__ != "builtins"]
    warnings.resetwarnings()
    warnings.filters[:] = entries + others


def _log_levels(logging):
    loggers = {"": logging.getLogger()}
    for name, each in logging.Logger.manager.loggerDict.items():
        if isinstance(each, logging.Logger):
            loggers[name] = each
    return {
        "disabled": logging.Logger.manager.disable,
        "loggers": {
            name: (each.level, each.propagate, [_handler(logging, one) for one in each.handlers])
            for name, each in loggers.items()
            if each.level or each.handlers or not each.propagate
        },
    }


def _handler(logging, handler):
    """What is needed to make it again, None for a kind we do not know."""
    import sys

    form = handler.formatter
    words = (form._fmt, form.datefmt) if form is not None and type(form) is logging.Formatter else None
    if type(handler) is logging.FileHandler:
        return "file", handler.baseFilename, handler.level, words
    if type(handler) is logging.StreamHandler and handler.stream in (sys.stderr, sys.stdout):
        return "stream", "stdout" if handler.stream is sys.stdout else "stderr", handler.level, words
    return None


def _set_log_levels(logging, state):
    import sys

    logging.disable(state["disabled"])
    for name, (level, propagates, handlers) in state["loggers"].items():
        logger = logging.getLogger(name) if name else logging.getLogger()
        logger.setLevel(level)
        logger.propagate = propagates
        if logger.handlers:
            continue
        for kind, where, at_level, words in filter(None, handlers):
            made = logging.FileHandler(where) if kind == "file" else logging.StreamHandler(getattr(sys, where))
            made.setLevel(at_level)
            if words:
                made.setFormatter(logging.Formatter(*words))
            logger.addHandler(made)


_DIALECT = ("delimiter", "quotechar", "doublequote", "escapechar", "lineterminator", "quoting", "skipinitialspace")


def _dialects(csv):
    known = ("excel", "excel-tab", "unix")
    return {
        name: {each: getattr(csv.get_dialect(name), each) for each in _DIALECT}
        for name in csv.list_dialects()
        if name not in known
    }


def _set_dialects(csv, dialects):
    for name, settings in dialects.items():
        csv.register_dialect(name, **settings)


# ── libraries ─────────────────────────────────────────────────────────────────────────────────────


def _pandas_options(pandas):
    try:
        from pandas._config import config

        names = [name for name in config._registered_options if name not in config._deprecated_options]
        return _picklable({name: pandas.get_option(name) for name in names})
    except Exception:
        return None


def _set_pandas_options(pandas, options):
    for name, value in options.items():
        try:
            if pandas.get_option(name) != value:
                pandas.set_option(name, value)
        except Exception:
            continue


def _set_sklearn(sklearn, state):
    now = sklearn.get_config()
    sklearn.set_config(**{name: value for name, value in state.items() if name in now and now[name] != value})


def _set_print_options(numpy, options):
    now = numpy.get_printoptions()
    numpy.set_printoptions(**{name: value for name, value in options.items() if now.get(name) != value})


def _torch_state(torch):
    return torch.get_rng_state().numpy().tobytes()


def _set_torch_state(torch, state):
    torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))


KEEPERS = {
    "random": Keeper(
        "random",
        lambda random: random.getstate(),
        lambda random, state: random.setstate(state),
        lambda random, number: random.seed(number),
    ),
    "numpy_random": Keeper(
        "numpy",
        lambda numpy: numpy.random.get_state(),
        lambda numpy, state: numpy.random.set_state(state),
        lambda numpy, number: numpy.random.seed(number),
    ),
    "torch_random": Keeper(
        "torch", _torch_state, _set_torch_state, lambda torch, number: torch.manual_seed(number) and None
    ),
    "warnings": Keeper("warnings", _warning_filters, _set_warning_filters),
    "logging": Keeper("logging", _log_levels, _set_log_levels),
    "decimal": Keeper("decimal", lambda decimal: decimal.getcontext(), lambda decimal, state: decimal.setcontext(state)),
    "recursion": Keeper("sys", lambda sys: sys.getrecursionlimit(), lambda sys, limit: sys.setrecursionlimit(limit)),
    "locale": Keeper(
        "locale",
        lambda locale: locale.setlocale(locale.LC_ALL),
        lambda locale, name: locale.setlocale(locale.LC_ALL, name),
    ),
    "csv": Keeper("csv", _dialects, _set_dialects),
    "socket": Keeper(
        "socket", lambda socket: socket.getdefaulttimeout(), lambda socket, wait: socket.setdefaulttimeout(wait)
    ),
    "numpy_errors": Keeper("numpy", lambda numpy: numpy.geterr(), lambda numpy, state: numpy.seterr(**state)),
    "numpy_print": Keeper("numpy", lambda numpy: _picklable(numpy.get_printoptions()), _set_print_options),
    "sklearn": Keeper("sklearn", lambda sklearn: _picklable(sklearn.get_config()), _set_sklearn),
    "pandas": Keeper("pandas", _pandas_options, _set_pandas_options),
    "matplotlib": Keeper(
        "matplotlib",
        lambda matplotlib: {name: value for name, value in matplotlib.rcParams.items() if not name.startswith("backend")},
        lambda matplotlib, settings: _set_each(matplotlib.rcParams, settings),
    ),
}
