"""Keeps the values that go from one step to the next.

Each value is kept by its type: a data frame as Parquet, an array as npy, plain data as JSON, the rest as a pickle, and
a format is used only where reading it back gives an equal value. Names that share an object (``df2 = df``, a view of
an array, a model that holds on to its data) are kept together in one pickle, so that they still share it afterwards.
"""

import datetime
import decimal
import enum
import functools
import hashlib
import io
import json
import math
import os
import pickle
import sys
import types
from pathlib import Path

if __package__:
    from . import by_value

    # What the notebook's kernel kept refers to it by the name it has there.
    sys.modules.setdefault("_slipway_by_value", by_value)
else:
    # In the notebook's kernel, where there is no package around it.
    import importlib.util

    _spec = importlib.util.spec_from_file_location("_slipway_by_value", str(Path(__file__).with_name("by_value.py")))
    by_value = importlib.util.module_from_spec(_spec)
    sys.modules[_spec.name] = by_value
    _spec.loader.exec_module(by_value)

MANIFEST = "manifest.json"
# As they are now: a notebook may replace them.
_dumps, _loads = json.dumps, json.loads


class ArtifactError(Exception):
    """A value that cannot go from one step to the next, with the reason in words."""


# ── what names share ──────────────────────────────────────────────────────────────────────────────

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type, range, slice, types.CodeType)
_PLAIN += (types.BuiltinFunctionType, types.ModuleType, type(Ellipsis))
_PLAIN += (tuple, frozenset, enum.Enum, decimal.Decimal, datetime.date, datetime.time, datetime.timedelta)
_PLAIN += (datetime.tzinfo, Path)


def _root(array):
    """The array that owns the memory a view looks at."""
    numpy = sys.modules["numpy"]
    while isinstance(array.base, numpy.ndarray):
        array = array.base
    return array


class _Scanner(pickle.Pickler):
    """Pickles to nowhere and notes every object that could be changed in place."""

    def __init__(self):
        self.buffers = []
        super().__init__(_Nowhere(), protocol=5, buffer_callback=self.buffers.append)
        self.seen = {}
        self.arrays = {}
        self.numpy = sys.modules.get("numpy")
        self.pandas = sys.modules.get("pandas")
        self.reasons = []
        # Lists that every frame refers to because they belong to its class.
        self.common = [kind._metadata for kind in (self.pandas.DataFrame, self.pandas.Series)] if self.pandas else []

    def persistent_id(self, value):
        reason = by_value.reason_against(value)
        if reason is not None:
            self.reasons.append(reason)
            raise pickle.PicklingError(reason)
        if isinstance(value, type) and by_value.is_made(value):
            self.seen[id(value)] = value
            return None
        if isinstance(value, _PLAIN) or type(value).__name__ == "cython_function_or_method":
            return None
        if by_value.is_global_stream(value):
            return None
        if self.pandas is not None and isinstance(value, self.pandas.Index):
            return "index"
        if self.numpy is not None:
            if isinstance(value, self.numpy.dtype):
                return "dtype"
            if isinstance(value, (self.numpy.generic, self.numpy.ufunc)):
                return None
            if isinstance(value, self.numpy.ndarray):
                array, value = value, _root(value)
                self.arrays.setdefault(id(value), {})[id(array)] = array
        if any(value is each for each in self.common):
            return None
        if isinstance(value, types.FunctionType) and by_value.is_importable(value):
            return None
        if isinstance(value, functools._lru_cache_wrapper) and by_value.is_of_library(value):
            return None
        # The reference keeps the object alive, so that no other can get its id meanwhile.
        self.seen[id(value)] = value
        return None

    def reducer_override(self, value):
        return _reduced(value)


class _Nowhere:
    def write(self, data):
        return len(data)


def _scan(value):
    """The mutable objects within, or the reason why it cannot be kept."""
    scanner = _Scanner()
    try:
        scanner.dump(value)
    except RecursionError:
        return None, "it is nested too deeply"
    except Exception as error:
        return None, scanner.reasons[-1] if scanner.reasons else _reason(value, error)
    return scanner.seen, None


def _reason(value, error):
    if isinstance(value, io.IOBase):
        return "an open file cannot be kept; open it in the step that reads it"
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__


def _groups(shared):
    """Names that share an object, directly or by way of others, in the order given."""
    owner, leader = {}, {}

    def find(name):
        while leader[name] != name:
            name = leader[name]
        return name

    for name, seen in shared.items():
        leader[name] = name
        for key in seen:
            other = owner.setdefault(key, name)
            first, second = find(other), find(name)
            if first != second:
                leader[second] = first
    groups = {}
    for name in shared:
        groups.setdefault(find(name), []).append(name)
    return list(groups.values())


# ── formats ───────────────────────────────────────────────────────────────────────────────────────


class _SharingPickler(pickle.Pickler):
    """Where several arrays look at the same memory, they still do when they are read back."""

    def __init__(self, file, arrays):
        super().__init__(file, protocol=5)
        self.shared = {root for root, views in arrays.items() if len(views) > 1}

    def reducer_override(self, value):
        numpy = sys.modules.get("numpy")
        if numpy is None or type(value) is not numpy.ndarray or value.dtype.hasobject:
            return self._reduced_blocks(value) if type(value).__name__.endswith("BlockManager") else _reduced(value)
        root = _root(value)
        if root is value or id(root) not in self.shared:
            return NotImplemented
        if type(root) is not numpy.ndarray or not root.flags.forc or not value.flags.writeable:
            return NotImplemented
        start = value.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        return numpy.ndarray, (value.shape, value.dtype, root, start, value.strides)

    def _reduced_blocks(self, value):
        """Frames of a pandas that copies on writing share memory only until one of them is written to."""
        if not self.shared or int(sys.modules["pandas"].__version__.split(".")[0]) < 3:
            return NotImplemented
        return value.copy(deep=True).__reduce_ex__(5)


# The function of the step that runs: variables of closures that are its own are the notebook's. Those that a later
# step binds anew would not be seen to change.
_owner, _later = None, frozenset()
# What helpers.py itself holds: objects by id, with the name of their place.
held = {}
# The values that are being saved: a class among them goes on as it is.
_saved = ()


def running(function, bound_later):
    global _owner, _later
    _owner, _later = function, frozenset(bound_later)


def _reduced(value):
    return by_value.reduced(value, _refuse_notebook_code)


def _refuse_notebook_code(value):
    """What looks at variables of the notebook would look at copies of them in the next step."""
    functions = [value] if isinstance(value, types.FunctionType) else _methods(value)
    names = sorted({name for each in functions for name in by_value.notebook_variables(each, _owner, _later)})
    if names and isinstance(value, type):
        raise pickle.PicklingError(
            "its class %s looks at %s of the notebook. Put the cells that make and use it into one step, or give the class "
            "what it needs as arguments" % (value.__name__, ", ".join(names))
        )
    if names:
        raise pickle.PicklingError(
            "the function %s looks at %s, which is bound anew in a later step or by the function itself. Put the cells "
            "that make and use it into one step, or give the function what it needs as arguments"
            % (value.__name__, ", ".join(names))
        )
    if isinstance(value, type) and _is_of_the_step(value) and not any(value is each for each in _saved):
        raise pickle.PicklingError(
            "its class %s is defined within the step. Put the cells that make and use it into one step" % value.__name__
        )


def _is_of_the_step(kind):
    """Defined by a `class` of one of its cells: a later step that needs it has its own."""
    return _owner is not None and kind.__qualname__ == _owner.__name__ + ".<locals>." + kind.__name__


def _methods(kind):
    found = []
    for each in vars(kind).values():
        for name in ("__func__", "fget", "fset", "fdel", "__wrapped__"):
            found.append(getattr(each, name, None))
        found.append(each)
    return [each for each in found if isinstance(each, types.FunctionType)]


def write_pickle(path, value):
    with open(path, "wb") as file:
        _dump(file, value)


def _dump(file, value):
    scanner = _Scanner()
    scanner.dump(value)
    _SharingPickler(file, scanner.arrays).dump(value)


def to_bytes(value):
    file = io.BytesIO()
    _dump(file, value)
    return file.getvalue()


def read_bytes(data):
    return _Unpickler(io.BytesIO(data)).load()


def mutable_in(value):
    """The ids of what could be changed in place; none where it cannot be kept."""
    return _scan(value)[0] or {}


def reason_against(value):
    """Why it cannot be kept, None where it can."""
    return _scan(value)[1]


class _Unpickler(pickle.Unpickler):
    """Finds what a notebook defined (``__main__``) among the helpers."""

    def find_class(self, module, name):
        if module == "__main__" and __package__:
            import importlib

            try:
                helpers = importlib.import_module(__package__ + ".helpers")
            except ModuleNotFoundError:
                return super().find_class(module, name)
            target = helpers
            for part in name.split("."):
                target = getattr(target, part, None)
            if target is not None:
                return target
        return super().find_class(module, name)


def read_pickle(path):
    with open(path, "rb") as file:
        return _Unpickler(file).load()


def _write_json(path, value):
    path.write_text(_dumps(value), encoding="utf-8")


def _is_exact_json(value, seen=None):
    seen = set() if seen is None else seen
    if value is None or type(value) in (bool, int, str):
        return True
    if type(value) is float:
        return math.isfinite(value)
    if type(value) not in (list, dict) or id(value) in seen:
        return False
    seen.add(id(value))
    if type(value) is list:
        return all(_is_exact_json(item, seen) for item in value)
    return all(type(key) is str and _is_exact_json(item, seen) for key, item in value.items())


def _write_npy(path, value):
    import numpy

    numpy.save(path, value, allow_pickle=False)


def _read_npy(path):
    import numpy

    return numpy.load(path, allow_pickle=False)


def _is_exact_array(value):
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray or value.dtype.hasobject:
        return False
    return value.flags.writeable and value.dtype.metadata is None and value.dtype.names is None


def _write_parquet(path, value):
    value.to_parquet(path)


def _read_parquet(path):
    import pandas

    return pandas.read_parquet(path)


def _is_plain_frame(value):
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) is pandas.DataFrame and not value.attrs


def _same_frame(first, second):
    def same_index(one, two):
        return (
            type(one) is type(two)
            and one.equals(two)
            and list(one.names) == list(two.names)
            and getattr(one, "dtype", None) == getattr(two, "dtype", None)
            and getattr(one, "freq", None) == getattr(two, "freq", None)
        )

    if not (same_index(first.columns, second.columns) and same_index(first.index, second.index)):
        return False
    if list(first.dtypes) != list(second.dtypes) or not first.equals(second):
        return False
    for position, dtype in enumerate(first.dtypes):
        if dtype == object:
            pairs = zip(first.iloc[:, position], second.iloc[:, position])
            if not all(type(one) is type(two) for one, two in pairs):
                return False
    return True


_READERS = {
    "json": lambda path: _loads(path.read_text(encoding="utf-8")),
    "npy": _read_npy,
    "parquet": _read_parquet,
    "pickle": read_pickle,
}


def _write(folder, stem, value):
    """Writes in the first format that keeps the value exactly; answers with the format and the file's name."""
    if _is_exact_json(value):
        _write_json(folder / (stem + ".json"), value)
        return "json", stem + ".json"
    if _is_exact_array(value):
        _write_npy(folder / (stem + ".npy"), value)
        return "npy", stem + ".npy"
    if _is_plain_frame(value):
        path = folder / (stem + ".parquet")
        try:
            _write_parquet(path, value)
            if _same_frame(value, _read_parquet(path)):
                return "parquet", path.name
        except Exception:
            pass
        if path.exists():
            path.unlink()
    write_pickle(folder / (stem + ".pkl"), value)
    return "pickle", stem + ".pkl"


class _PlainPickler(pickle.Pickler):
    def reducer_override(self, value):
        return by_value.reduced(value, lambda _code: None)


def fingerprint(value):
    """A hash of the value; None where it cannot be pickled."""
    digest = hashlib.blake2b(digest_size=16)
    buffers = []

    class Sink:
        def write(self, data):
            digest.update(data)
            return len(data)

    try:
        _PlainPickler(Sink(), protocol=5, buffer_callback=buffers.append).dump(value)
    except Exception:
        return None
    for buffer in buffers:
        digest.update(buffer.raw())
    return digest.hexdigest()


# ── saving and loading ────────────────────────────────────────────────────────────────────────────


def save(folder, values, needed=None, required=(), context=None):
    """Writes the needed values (all, if not told) and what shares objects with them; answers with their entries.

    A value that cannot be kept is an ArtifactError if it is required, and otherwise an entry that says why.
    ``context`` holds other values of the step, among which a sample row for a model is looked for.
    """
    global _saved
    _saved = tuple(values.values())
    shared, entries = {}, []
    needed = set(values) if needed is None else set(needed)
    for name, value in values.items():
        seen, reason = _scan(value)
        place = next((held[key] for key in seen if key in held), None) if reason is None and name in required else None
        if place is not None:
            raise ArtifactError(
                "%s holds the same object as %s, and a later step would have two of it. Put the cells that use them into "
                "one step." % (name, place)
            )
        if reason is None:
            shared[name] = seen
        elif name in required:
            raise ArtifactError("%s (%s) cannot go on to a later step: %s." % (name, type_name(value), reason))
        elif name in needed:
            entries.append(_entry(name, value, "none", None, 0, reason))
    samples = {**(context or {}), **values}
    for number, names in enumerate(_groups(shared)):
        if needed.intersection(names):
            entries.extend(_save_group(folder, number, names, values, samples))
    return entries


def _save_group(folder, number, names, values, samples):
    if len(names) == 1:
        kind, file = _write(folder, _safe(names[0]), values[names[0]])
    else:
        kind, file = "pickle", "shared-%d.pkl" % number
        write_pickle(folder / file, {name: values[name] for name in names})
    size = (folder / file).stat().st_size
    entries = []
    for position, name in enumerate(names):
        entry = _entry(name, values[name], kind, file, size if position == 0 else 0, None)
        entry["together"] = names if len(names) > 1 else []
        entry["predictor"] = describe_predictor(values[name], samples)
        entries.append(entry)
    return entries


# Names of what stands beside the values in a step's folder.
_TAKEN = {"manifest", "process", "seen", "figures"}


def _safe(name):
    # On a file system that ignores case, X and x would be one file.
    return name if name == name.lower() and name not in _TAKEN else name + "-" + hashlib.md5(name.encode()).hexdigest()[:4]


def _entry(name, value, kind, file, size, reason):
    return {
        "name": name,
        "kind": kind,
        "file": file,
        "bytes": size,
        "type": type_name(value),
        "summary": summarise(value),
        "together": [],
        "predictor": None,
        "reason": reason,
    }


def type_name(value):
    kind = type(value)
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return kind.__module__.split(".")[0] + "." + kind.__qualname__


def summarise(value):
    """One line: a shape, a length, a value."""
    try:
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple) and shape:
            return " × ".join(str(size) for size in shape)
        if value is None or type(value) in (bool, int, float):
            return repr(value)
        if isinstance(value, str):
            return _dumps(value[:60], ensure_ascii=False)
        if isinstance(value, (list, tuple, dict, set)):
            return "%d items" % len(value)
    except Exception:
        pass
    return type(value).__name__


def write_manifest(folder, manifest):
    path = folder / MANIFEST
    part = folder / (MANIFEST + ".part")
    part.write_text(_dumps(manifest, indent=1), encoding="utf-8")
    os.replace(part, path)


def read_manifest(folder):
    """The manifest, or None where the step has not been finished."""
    try:
        return _loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def load(folder, names=None):
    """All values of a folder by name, or those given and the ones they share objects with."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest is None:
        raise ArtifactError("%s holds no finished step." % folder)
    wanted, files = {}, {}
    for entry in manifest["artifacts"]:
        is_wanted = names is None or entry["name"] in names or set(entry["together"]) & set(names)
        if not is_wanted or entry["file"] is None:
            continue
        if entry["file"] not in files:
            files[entry["file"]] = _READERS[entry["kind"]](folder / entry["file"])
        value = files[entry["file"]]
        wanted[entry["name"]] = value[entry["name"]] if entry["together"] else value
    return wanted


# ── models ────────────────────────────────────────────────────────────────────────────────────────


def describe_predictor(value, samples):
    """What a request to this object has to look like; None for what has no ``predict``."""
    if isinstance(value, type) or not callable(getattr(value, "predict", None)):
        return None
    if type(value).__name__ in ("GridSearchCV", "RandomizedSearchCV") and not hasattr(value, "best_estimator_"):
        return None
    names = _quietly(lambda: [str(name) for name in value.feature_names_in_])
    count = _quietly(lambda: int(value.n_features_in_))
    if names is None and count is None and _is_unfitted(value):
        return None
    return {
        "className": type(value).__name__,
        "featureCount": len(names) if names else count,
        "featureNames": names,
        "sampleRow": _quietly(lambda: _sample_row(value, names, count, samples)),
    }


def _quietly(question):
    try:
        return question()
    except Exception:
        return None


def _is_unfitted(value):
    validation = sys.modules.get("sklearn.utils.validation")
    if validation is None or not hasattr(value, "get_params"):
        return False
    try:
        validation.check_is_fitted(value)
    except Exception:
        return True
    return False


def _sample_row(model, names, count, samples):
    """A row of data the model accepts, out of the step's own values; training data first."""
    candidates = [name for name in samples if _has_rows(samples[name])]
    candidates.sort(key=lambda name: (not name.lower().startswith("x"), "train" not in name.lower()))
    for name in candidates:
        table = samples[name]
        if names is not None:
            columns = getattr(table, "columns", None)
            if columns is None or not set(names) <= {str(column) for column in columns}:
                continue
            table = table[[column for column in columns if str(column) in names]]
            table = table[names]
            row = table.iloc[:1]
            values = [_loads(row[column].to_json(orient="values", date_format="iso"))[0] for column in names]
        else:
            if hasattr(table, "columns") or count is None or table.shape[1] != count:
                continue
            row = table[:1]
            values = row.tolist()[0]
        model.predict(row)
        _dumps(values)
        return values
    return None


def _has_rows(value):
    shape = getattr(value, "shape", None)
    return isinstance(shape, tuple) and len(shape) == 2 and shape[0] > 0
