"""Answers with the model's predictions: import it and call `predict`, or run the service."""

import importlib
import inspect
import json
import os
from pathlib import Path

from . import artifacts, place

# The model that is served lies in `model/` beside `src/`, or where MODEL_PATH says.
MODEL_FOLDER = Path(os.environ.get("MODEL_PATH") or Path(__file__).resolve().parents[2] / "model")
STEP, NAME = {{step}}, {{artifact}}
# A function of the notebook that is asked instead of the model, or a method of the model.
FUNCTION = {{function}}


class InputError(ValueError):
    """Rows that do not fit the model, in a sentence."""


class Model:
    """The model with what is known of its input."""

    def __init__(self, value, about):
        self.value = value
        self.about = about
        self.names = about["featureNames"]
        self.count = about["featureCount"]
        self._answer = _answerer(value)

    def predict(self, rows):
        """One prediction for each row. A row is a list in the order of the columns, or a dict by column."""
        if not isinstance(rows, list) or not rows:
            raise InputError("rows must be a list with at least one row.")
        return [plain(value) for value in self._answer(self.table(rows))]

    def table(self, rows):
        """The rows in the form the model was fitted with."""
        lists = [self._as_list(row, number) for number, row in enumerate(rows, start=1)]
        if self.names is not None:
            import pandas

            return pandas.DataFrame(lists, columns=self.names)
        try:
            import numpy
        except ModuleNotFoundError:
            return lists
        return numpy.asarray(lists)

    def _as_list(self, row, number):
        if isinstance(row, dict):
            return self._from_dict(row, number)
        if not isinstance(row, list):
            raise InputError("Row %d must be a list of values or an object." % number)
        if self.count is not None and len(row) != self.count:
            raise InputError("Row %d has %d values; the model needs %d." % (number, len(row), self.count))
        return row

    def _from_dict(self, row, number):
        if self.names is None:
            raise InputError("Row %d must be a list: the model was fitted without column names." % number)
        missing = [name for name in self.names if name not in row]
        unknown = [name for name in row if name not in self.names]
        if missing:
            raise InputError("Row %d has no value for %s." % (number, ", ".join(missing)))
        if unknown:
            raise InputError("Row %d has columns the model does not know: %s." % (number, ", ".join(unknown)))
        return [row[name] for name in self.names]


def _answerer(value):
    if FUNCTION is None:
        return value.predict
    if hasattr(value, FUNCTION):
        return getattr(value, FUNCTION)
    function = getattr(importlib.import_module(__package__ + ".helpers"), FUNCTION)
    takes_model = len(inspect.signature(function).parameters) > 1
    return lambda rows: [function(value, row) if takes_model else function(row) for row in _each(rows)]


def _each(table):
    return table.to_dict("records") if hasattr(table, "to_dict") else list(table)


def plain(value):
    """The value as JSON knows it."""
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def load(folder=None):
    """The model from its folder. Raises FileNotFoundError with the command that makes it."""
    folder = Path(folder or MODEL_FOLDER)
    if not (folder / "model.json").exists():
        raise FileNotFoundError(
            "There is no model in %s yet. Run the steps, then: python -m %s export-model" % (folder, __package__)
        )
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    # A model of a class of the notebook's own modules is read back by them.
    place.find_modules(place.DATA)
    return Model(artifacts.read_pickle(folder / "model.pkl"), about)


def export(run_folder, folder=None):
    """Copies the model that a run fitted into the model folder."""
    folder = Path(folder or MODEL_FOLDER)
    step_folder = Path(run_folder).resolve() / STEP
    place.find_modules(place.DATA)
    manifest = artifacts.read_manifest(step_folder)
    entry = next((each for each in (manifest or {"artifacts": []})["artifacts"] if each["name"] == NAME), None)
    if entry is None or entry["file"] is None:
        raise artifacts.ArtifactError("The run in %s has no model %s from step %s." % (run_folder, NAME, STEP))
    value = artifacts.load(step_folder, [NAME])[NAME]
    about = entry["predictor"] or artifacts.describe_predictor(value, {})
    if about is None and FUNCTION is None:
        raise artifacts.ArtifactError("%s has no predict, so it cannot be served." % NAME)
    about = about or {"className": entry["type"], "featureCount": None, "featureNames": None, "sampleRow": None}
    folder.mkdir(parents=True, exist_ok=True)
    artifacts.write_pickle(folder / "model.pkl.part", value)
    os.replace(folder / "model.pkl.part", folder / "model.pkl")
    (folder / "model.json").write_text(json.dumps({"name": NAME, "step": STEP, **about}, indent=1), encoding="utf-8")
    return folder


def predict(rows, folder=None):
    """Loads the model and answers with one prediction for each row."""
    return load(folder).predict(rows)
