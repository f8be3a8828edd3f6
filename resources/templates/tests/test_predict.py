"""What the service and `predict` promise. Needs the packages of the `test` extra."""

import pytest

from {{name}} import predict


@pytest.fixture(scope="session")
def model(run_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    predict.export(run_folder, folder)
    return predict.load(folder)


@pytest.fixture
def row(model):
    sample = model.about["sampleRow"]
    if sample is None:
        pytest.skip("The run found no sample row for this model.")
    return sample


def test_one_prediction_per_row(model, row):
    assert len(model.predict([row, row, row])) == 3


def test_a_row_by_column_gives_the_same(model, row):
    if model.names is None:
        pytest.skip("The model was fitted without column names.")
    assert model.predict([dict(zip(model.names, row))]) == model.predict([row])


def test_a_row_of_another_length_is_refused(model, row):
    with pytest.raises(predict.InputError):
        model.predict([row + row])
