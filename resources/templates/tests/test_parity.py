"""The outputs are what the notebook gave: each is compared by its type with the value kept when the package was proved."""

import json
from pathlib import Path

import comparison
import pytest

from {{name}} import artifacts
from {{name}}.pipeline import STEPS

GOLDEN = Path(__file__).resolve().parent / "golden"


def outputs():
    for step in STEPS:
        about = GOLDEN / step.name / "about.json"
        if about.is_file():
            for name in step.outputs:
                yield step.name, name, json.loads(about.read_text(encoding="utf-8"))


CASES = list(outputs())


@pytest.mark.skipif(not CASES, reason="No proof has been run: there are no values of the notebook to compare with.")
@pytest.mark.parametrize("step, name, about", CASES, ids=["%s-%s" % case[:2] for case in CASES])
def test_output_is_what_the_notebook_gave(run_folder, step, name, about):
    if name in about["leftOut"]:
        pytest.skip(about["leftOut"][name])
    golden = artifacts.load(GOLDEN / step, [name])
    if name not in golden:
        pytest.skip("The notebook gave it no value.")
    value = artifacts.load(run_folder / step, [name]).get(name)
    if name in about["rows"]:
        kept = about["rows"][name]
        assert len(value) == kept["length"]
        value = value.iloc[:: kept["every"]] if hasattr(value, "iloc") else value[:: kept["every"]]
    verdict, note, _place = comparison.compare(name, golden[name], value)
    assert verdict in ("identical", "within-tolerance"), note
