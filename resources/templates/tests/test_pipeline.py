"""Runs all steps once and looks at what they leave."""

import pytest

from {{name}} import artifacts
from {{name}}.pipeline import STEPS

@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_step_gives_what_later_steps_need(run_folder, step):
    kept = {entry["name"] for entry in artifacts.read_manifest(run_folder / step.name)["artifacts"] if entry["file"]}
    assert set(step.required) <= kept


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_artifacts_can_be_read_back(run_folder, step):
    entries = artifacts.read_manifest(run_folder / step.name)["artifacts"]
    assert set(artifacts.load(run_folder / step.name)) == {entry["name"] for entry in entries if entry["file"]}
