"""The model behind HTTP: POST /predict, GET /schema, /healthz, /readyz."""

import logging
from contextlib import asynccontextmanager
from typing import Any, Dict, List, Union

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from .predict import InputError, load

log = logging.getLogger(__package__)


class Rows(BaseModel):
    """Each row is a list in the order of the columns, or an object by column."""

    rows: List[Union[Dict[str, Any], List[Any]]]


class Predictions(BaseModel):
    predictions: List[Any]


@asynccontextmanager
async def _lifespan(application):
    application.state.model, application.state.problem = None, None
    try:
        application.state.model = load()
    except Exception as error:
        log.exception("The model could not be loaded.")
        application.state.problem = str(error)
    yield


app = FastAPI(title="{{title}}", version="1", lifespan=_lifespan)


@app.get("/healthz")
def healthz():
    """The process answers."""
    return {"status": "ok"}


@app.get("/readyz")
def readyz():
    """The model is loaded."""
    if app.state.model is None:
        return JSONResponse({"status": "not ready", "detail": app.state.problem}, status_code=503)
    return {"status": "ready"}


@app.get("/schema")
def schema():
    """What /predict takes, with a sample."""
    if app.state.model is None:
        return JSONResponse({"detail": app.state.problem}, status_code=503)
    about = app.state.model.about
    sample = about["sampleRow"]
    return {**about, "sample": None if sample is None else {"rows": [sample]}}


@app.post("/predict", response_model=Predictions)
def predict(body: Rows):
    """One prediction for each row."""
    if app.state.model is None:
        return JSONResponse({"detail": app.state.problem}, status_code=503)
    try:
        return {"predictions": app.state.model.predict(body.rows)}
    except InputError as error:
        return JSONResponse({"detail": str(error)}, status_code=422)
    except (TypeError, ValueError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return JSONResponse({"detail": "The model does not accept these rows: %s" % reason}, status_code=422)


@app.exception_handler(RequestValidationError)
async def _not_understood(_request: Request, _error: RequestValidationError):
    return JSONResponse(
        {"detail": 'The body must be JSON such as {"rows": [[1, 2]]} or {"rows": [{"column": 1}]}.'}, status_code=422
    )
