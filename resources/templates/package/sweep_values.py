"""The combinations of a sweep: typed, and refused before anything runs where a value breaks its type."""

import ast
import csv
import itertools
import json
from pathlib import Path

from .parameters import PARAMETERS


def combinations(grid, listed, file):
    """Each combination as name -> value. Every value of `grid` meets every other; those of `listed` go together."""
    axes, rows = _from_file(file) if file else ({}, [])
    axes.update(_named(each, "--grid") for each in grid)
    columns = dict(_named(each, "--list") for each in listed)
    if columns:
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join("%s has %d" % pair for pair in lengths.items())
            raise ValueError("The values of --list go together, so there must be as many of each: %s." % told)
        rows = rows + [dict(zip(columns, values)) for values in zip(*columns.values())]
    if not axes and not rows:
        raise ValueError("There is nothing to sweep. Say for example --grid %s=…" % (next(iter(PARAMETERS), "name")))
    twice = set(axes).intersection(*[set(row) for row in rows]) if rows else set()
    if twice:
        raise ValueError("%s stands in the grid and in the list. Leave it in one of them." % ", ".join(sorted(twice)))
    products = [dict(zip(axes, values)) for values in itertools.product(*axes.values())]
    found = []
    for row in rows or [{}]:
        for product in products:
            both = {**row, **product}
            if both not in found:
                found.append(both)
    return found


def _named(text, option):
    name, equals, values = text.partition("=")
    if not equals or not values.strip():
        raise ValueError("%s takes NAME=VALUE,VALUE,…, not %r." % (option, text))
    parameter = _parameter(name.strip())
    return parameter.name, [parameter.check(each) for each in _split(values, parameter, option)]


def _parameter(name):
    found = PARAMETERS.get(name) or PARAMETERS.get(name.replace("-", "_"))
    if found is None:
        raise ValueError("There is no parameter %s. The parameters are %s." % (name, ", ".join(PARAMETERS) or "none"))
    if found.is_secret:
        raise ValueError("%s is a secret, which cannot be swept." % found.name)
    return found


def _split(text, parameter, option):
    """At the commas; a list of values in brackets where the values hold commas themselves."""
    if parameter.type in ("list", "json") or text.strip().startswith("["):
        try:
            values = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            values = None
        if not isinstance(values, (list, tuple)) or (parameter.type == "list" and not all(isinstance(each, list) for each in values)):
            example = "[[1, 2], [3]]" if parameter.type == "list" else "[{'a': 1}, {'a': 2}]"
            raise ValueError("%s needs a list of its values for %s, such as %s, not %r." % (option, parameter.name, example, text))
        return [each if isinstance(each, str) else repr(each) for each in values]
    return next(csv.reader([text], skipinitialspace=True))


def _from_file(file):
    told = _read(Path(file))
    if isinstance(told, list):
        told = {"list": told}
    known = isinstance(told, dict) and isinstance(told.get("grid", {}), dict) and isinstance(told.get("list", []), list)
    if not known or not set(told) <= {"grid", "list"} or not all(isinstance(row, dict) for row in told.get("list", [])):
        raise ValueError("%s must hold {grid: {name: [values]}} or {list: [{name: value}, …]}, or both." % file)
    axes = {}
    for name, values in told.get("grid", {}).items():
        if not isinstance(values, list) or not values:
            raise ValueError("%s: the values of %s must be a list with at least one value." % (file, name))
        parameter = _parameter(name)
        axes[parameter.name] = [parameter.accept(each) for each in values]
    rows = [{_parameter(name).name: _parameter(name).accept(value) for name, value in row.items()} for row in told.get("list", [])]
    return axes, rows


def _read(path):
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError("%s cannot be read: %s." % (path, error.strerror)) from None
    try:
        if path.suffix == ".json":
            return json.loads(text)
        import yaml

        return yaml.safe_load(text)
    except ModuleNotFoundError:
        raise ValueError("PyYAML is not installed here, so %s cannot be read. Write it as JSON." % path) from None
    except Exception as error:
        raise ValueError("%s is not understood: %s" % (path, str(error).splitlines()[0])) from None
