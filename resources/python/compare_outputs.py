"""Compares what the package's steps gave with what the notebook gave, each by its type; one JSON line per output.

Runs in the package's clean environment: compare_outputs.py <package> <reference folder> <run folder>
"""

import importlib
import json
import math
import re
import sys
import types
from pathlib import Path

RELATIVE, ABSOLUTE = 1e-9, 1e-12
TIMES = re.compile(r"(^|_)(time|times|elapsed|duration|timestamp)(_|$)")


class Differs(Exception):
    """The first place where two values are not the same."""


class CannotCompare(Exception):
    """Why two values cannot be told apart."""


class Comparison:
    def __init__(self):
        self.largest = 0.0
        self.times = []
        self.skipped = []
        self.seen = set()
        self.numpy = sys.modules.get("numpy")
        self.pandas = sys.modules.get("pandas")

    def same(self, one, two, path):
        if one is two:
            return
        key = (id(one), id(two))
        if key in self.seen:
            return
        if isinstance(one, (float, complex)) and isinstance(two, (float, complex)):
            return self.same_number(one, two, path)
        if type(one) is not type(two) and not alike(type(one), type(two)):
            raise Differs("%s is %s in the notebook, %s in the package" % (path, name_of(one), name_of(two)))
        self.seen.add(key)
        # Keeps both alive, so that no later object gets one of these ids.
        self.skipped.append((one, two))
        for kinds, compare in self.rules():
            if isinstance(one, kinds):
                return compare(one, two, path)
        return self.same_object(one, two, path)

    def rules(self):
        rules = [((type(None), bool, int, str, bytes, bytearray, range, slice), self.same_plain)]
        rules += [((list, tuple), self.same_sequence), (dict, self.same_dict)]
        rules += [((set, frozenset), self.same_set), (types.ModuleType, self.same_plain)]
        rules += [((type, types.FunctionType, types.BuiltinFunctionType), self.same_named)]
        if self.numpy is not None:
            rules.append((self.numpy.ma.MaskedArray, self.same_masked))
            rules.append((self.numpy.ndarray, self.same_array))
            rules.append((self.numpy.generic, lambda one, two, path: self.same_array(one, two, path)))
        if self.pandas is not None:
            rules.append((self.pandas.DataFrame, self.same_frame))
            rules.append((self.pandas.Series, self.same_series))
            rules.append((self.pandas.Index, self.same_index))
        return rules

    def same_plain(self, one, two, path):
        if one != two:
            raise Differs("%s is %s in the notebook, %s in the package" % (path, brief(one), brief(two)))

    def same_named(self, one, two, path):
        if getattr(one, "__name__", None) != getattr(two, "__name__", None):
            raise Differs("%s is %s in the notebook, %s in the package" % (path, brief(one), brief(two)))

    def same_number(self, one, two, path):
        if one == two or (one != one and two != two):
            return
        close = abs(one - two) <= ABSOLUTE + RELATIVE * abs(one) if math.isfinite(abs(one)) else False
        if not close:
            raise Differs("%s is %r in the notebook, %r in the package" % (path, one, two))
        self.largest = max(self.largest, abs(one - two) / (abs(one) or 1.0))

    def same_sequence(self, one, two, path):
        if len(one) != len(two):
            raise Differs("%s has %d items in the notebook, %d in the package" % (path, len(one), len(two)))
        for number, (first, second) in enumerate(zip(one, two)):
            self.same(first, second, "%s[%d]" % (path, number))

    def same_dict(self, one, two, path):
        if len(one) == len(two) and any(type(key).__eq__ is object.__eq__ for key in one):
            # Keys that equal nothing but themselves: by their order.
            return self.same(list(one.items()), list(two.items()), path)
        only = [key for key in one if key not in two] + [key for key in two if key not in one]
        if only:
            where = "the notebook" if only[0] in one else "the package"
            raise Differs("%s has the key %s in %s only" % (path, brief(only[0]), where))
        for key in one:
            self.same_unless_time(key, one[key], two[key], "%s[%s]" % (path, brief(key)))

    def same_unless_time(self, key, one, two, path):
        try:
            self.same(one, two, path)
        except Differs:
            if not (isinstance(key, str) and TIMES.search(key)):
                raise
            self.times.append(key)

    def same_set(self, one, two, path):
        if one != two:
            only = sorted(map(brief, one ^ two))
            raise Differs("%s differs in %s" % (path, ", ".join(only[:3])))

    def same_array(self, one, two, path):
        numpy = self.numpy
        if one.dtype != two.dtype:
            raise Differs("%s has type %s in the notebook, %s in the package" % (path, one.dtype, two.dtype))
        if one.shape != two.shape:
            raise Differs("%s has shape %s in the notebook, %s in the package" % (path, one.shape, two.shape))
        if one.dtype.names:
            for name in one.dtype.names:
                self.same_array(one[name], two[name], "%s[%r]" % (path, name))
        elif one.dtype.hasobject:
            for index, first in numpy.ndenumerate(one):
                self.same(first, two[index], "%s[%s]" % (path, ", ".join(map(str, index))))
        elif one.dtype.kind in "fc":
            self.same_numbers(one, two, path)
        elif one.dtype.kind in "mM":
            self.first_difference(one, two, (one != two) & ~(numpy.isnat(one) & numpy.isnat(two)), path)
        elif one.dtype.kind == "V":
            self.same_plain(one.tobytes(), two.tobytes(), path)
        else:
            self.first_difference(one, two, one != two, path)

    def same_numbers(self, one, two, path):
        numpy = self.numpy
        if numpy.array_equal(one, two, equal_nan=True):
            return
        close = numpy.isclose(two, one, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
        self.first_difference(one, two, ~close, path)
        with numpy.errstate(all="ignore"):
            apart = numpy.abs(one - two) / numpy.where(numpy.abs(one) > 0, numpy.abs(one), 1)
        self.largest = max(self.largest, float(numpy.nanmax(apart)))

    def first_difference(self, one, two, mask, path):
        mask = self.numpy.asarray(mask)
        if not mask.any():
            return
        index = tuple(int(each) for each in self.numpy.argwhere(mask)[0]) if mask.ndim else ()
        place = "%s[%s]" % (path, ", ".join(map(str, index))) if index else path
        first, second = (one[index], two[index]) if index else (one, two)
        more = "; %d of %d values differ" % (int(mask.sum()), mask.size) if mask.size > 1 else ""
        raise Differs("%s is %s in the notebook, %s in the package%s" % (place, brief(first), brief(second), more))

    def same_masked(self, one, two, path):
        numpy = self.numpy
        self.same_array(numpy.ma.getmaskarray(one), numpy.ma.getmaskarray(two), path + ".mask")
        self.same_array(one.filled(one.fill_value), two.filled(two.fill_value), path)

    def same_frame(self, one, two, path):
        self.same_index(one.columns, two.columns, path + ".columns")
        self.same_index(one.index, two.index, path + ".index")
        for position, column in enumerate(one.columns):
            place = "%s[%s]" % (path, brief(column))
            self.same_unless_time(column, one.iloc[:, position], two.iloc[:, position], place)

    def same_series(self, one, two, path):
        # By name: pandas keeps the same `str` in pyarrow where that is installed, else in Python objects.
        if str(one.dtype) != str(two.dtype):
            raise Differs("%s has type %s in the notebook, %s in the package" % (path, one.dtype, two.dtype))
        self.same_index(one.index, two.index, path + ".index")
        self.same(one.name, two.name, path + ".name")
        self.same_values(one, two, path)

    def same_index(self, one, two, path):
        if type(one) is not type(two) or len(one) != len(two):
            raise Differs("%s has %d entries in the notebook, %d in the package" % (path, len(one), len(two)))
        self.same(list(one.names), list(two.names), path + ".names")
        if not one.equals(two):
            self.same_values(one, two, path)

    def same_values(self, one, two, path):
        first, second = one.to_numpy(), two.to_numpy()
        if first.dtype == object and first.dtype == second.dtype:
            isna = self.pandas.isna
            for number, (left, right) in enumerate(zip(first, second)):
                missing = (isna(left), isna(right)) if not hasattr(left, "__len__") else (False, False)
                if not (missing[0] is True and missing[1] is True):
                    self.same(left, right, "%s[%d]" % (path, number))
        else:
            self.same_array(first, second, path)

    def same_object(self, one, two, path):
        module = type(one).__module__.split(".")[0]
        if module == "matplotlib":
            raise CannotCompare("a drawing is not compared")
        if module == "scipy" and hasattr(one, "tocoo"):
            first, second = one.tocsr(copy=True), two.tocsr(copy=True)
            first.sum_duplicates()
            second.sum_duplicates()
            for name in ("shape", "indptr", "indices", "data"):
                self.same(getattr(first, name), getattr(second, name), "%s.%s" % (path, name))
            return
        try:
            parts = one.__reduce_ex__(4), two.__reduce_ex__(4)
        except Exception as error:
            raise CannotCompare("%s cannot be looked into: %s" % (name_of(one), error)) from None
        if isinstance(parts[0], str):
            return self.same(parts[0], parts[1], path)
        self.same_reduced(parts[0], parts[1], path)

    def same_reduced(self, one, two, path):
        self.same(one[1], two[1], path)
        first = one[2] if len(one) > 2 else None
        second = two[2] if len(two) > 2 else None
        if isinstance(first, dict) and isinstance(second, dict):
            self.same_attributes(first, second, path)
        else:
            self.same(first, second, path)
        for position in (3, 4):
            items = [
                list(each[position]) if len(each) > position and each[position] is not None else []
                for each in (one, two)
            ]
            self.same(items[0], items[1], path)

    def same_attributes(self, one, two, path):
        only = sorted(set(map(str, one)) ^ set(map(str, two)))
        if only:
            raise Differs("%s has %s on one side only" % (path, only[0]))
        for key, value in one.items():
            self.same_unless_time(key, value, two[key], "%s.%s" % (path, key))


def alike(one, two):
    """Classes made while the code ran: each side has made its own of the same name and bases."""
    is_made = [getattr(sys.modules.get(each.__module__), each.__name__, None) is not each for each in (one, two)]
    names = [(each.__name__, [base.__name__ for base in each.__bases__]) for each in (one, two)]
    return all(is_made) and names[0] == names[1]


def name_of(value):
    return type(value).__qualname__


def brief(value):
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def judge(name, one, two, samples):
    """(verdict, note)"""
    comparison = Comparison()
    try:
        comparison.same_unless_time(name, one, two, name)
    except CannotCompare as reason:
        return "not-compared", str(reason)
    except Differs as difference:
        return judge_predictions(one, two, samples, str(difference))
    except RecursionError:
        return "not-compared", "it is nested too deeply"
    note = ""
    if comparison.times:
        note = "measured times are left out: %s" % ", ".join(sorted(set(comparison.times)))
    if comparison.largest > 0:
        apart = "at most %.1e apart" % comparison.largest
        return "within-tolerance", "; ".join(part for part in (apart, note) if part)
    return "identical", note


def judge_predictions(one, two, samples, difference):
    """A model whose inner state differs may still predict the same."""
    if not callable(getattr(one, "predict", None)) or type(one) is not type(two):
        return "different", difference
    count = getattr(one, "n_features_in_", None)
    for sample in samples:
        shape = getattr(sample, "shape", ())
        if len(shape) != 2 or shape[1] != count:
            continue
        try:
            comparison = Comparison()
            comparison.same(one.predict(sample), two.predict(sample), "prediction")
        except Differs as predicted:
            return "different", "%s; %s" % (difference, predicted)
        except Exception:
            continue
        note = "its predictions of %d rows are the same; %s" % (shape[0], difference)
        return "within-tolerance", note
    return "different", difference


class Side:
    """One of the two folders, a folder within for each step."""

    def __init__(self, artifacts, folder, steps):
        self.artifacts, self.folder, self.steps = artifacts, Path(folder), steps
        self.manifests = {step: artifacts.read_manifest(self.folder / step) for step in steps}

    def entry(self, step, name):
        entries = (self.manifests[step] or {"artifacts": []})["artifacts"]
        return next((entry for entry in entries if entry["name"] == name), None)

    def newest(self, step, name):
        """The step up to this one that gave the name its value last."""
        for each in reversed(self.steps[: self.steps.index(step) + 1]):
            entry = self.entry(each, name)
            if entry is not None and entry["file"] is not None:
                return each
        return None

    def value(self, step, name):
        return self.artifacts.load(self.folder / step, [name])[name]


def compare_step(step, notebook, package):
    """Every output; of the inputs those that are not what they are in the notebook: a change in place was missed."""
    if notebook.manifests[step.name] is None or package.manifests[step.name] is None:
        return
    samples = tables(step, notebook)
    names = [entry["name"] for entry in notebook.manifests[step.name]["artifacts"]]
    names += [name for name in step.outputs if name not in names and package.entry(step.name, name) is not None]
    for name in names:
        verdict, note, kind = compare_name(step, name, notebook, package, samples)
        if name in step.outputs or verdict == "different":
            result = {"stepId": step.name, "name": name, "kind": kind, "verdict": verdict, "note": note}
            print(json.dumps(result), flush=True)


def compare_name(step, name, notebook, package, samples):
    there, here = notebook.entry(step.name, name), package.entry(step.name, name)
    if there is None:
        return "different", "the notebook has no value of this name after the step's last cell", here["type"]
    for entry in (there, here):
        if entry is not None and entry["file"] is None:
            return "not-compared", "it cannot be kept: %s" % entry["reason"], there["type"]
    owner = step.name if here is not None else package.newest(step.name, name)
    if owner is None or (here is None and name in step.outputs):
        return "different", "the package's step gave it no value", there["type"]
    try:
        one, two = notebook.value(step.name, name), package.value(owner, name)
    except Exception as error:
        return "not-compared", "it cannot be read back: %s" % error, there["type"]
    verdict, note = judge(name, one, two, samples)
    return verdict, note, there["type"]


def tables(step, side):
    """Tables of the step, on which models can be tried."""
    found = []
    for entry in side.manifests[step.name]["artifacts"]:
        if entry["file"] is None or entry["summary"].count("×") != 1:
            continue
        try:
            found.append(side.value(step.name, entry["name"]))
        except Exception:
            continue
    return found


def main():
    package, reference, run = sys.argv[1:4]
    artifacts = importlib.import_module(package + ".artifacts")
    pipeline = importlib.import_module(package + ".pipeline")
    for module in ("numpy", "pandas"):
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:
            pass
    names = [step.name for step in pipeline.STEPS]
    notebook, ours = Side(artifacts, reference, names), Side(artifacts, run, names)
    for step in pipeline.STEPS:
        compare_step(step, notebook, ours)


main()
