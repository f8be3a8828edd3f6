"""The service on AWS Lambda: asks Lambda for one request after the other and hands each to the same application.

Lambda starts `python -m {{name}} lambda` and says in AWS_LAMBDA_RUNTIME_API where it is asked. A request is the event of a
function URL (version 2.0). The service itself knows nothing of it: it is called as a web server calls it (ASGI).
"""

import asyncio
import base64
import json
import logging
import os
from http.client import HTTPConnection
from urllib.parse import unquote

log = logging.getLogger(__package__)


def serve():
    """Never ends by itself: Lambda freezes the process between two requests and ends it when it is not needed."""
    where = os.environ.get("AWS_LAMBDA_RUNTIME_API")
    if not where:
        raise ValueError("AWS_LAMBDA_RUNTIME_API is not set: only AWS Lambda starts this. On a computer, use serve.")
    runtime = Runtime(where)
    try:
        from .service import app
    except Exception as error:
        runtime.tell_failure("init", error)
        raise
    asyncio.run(_serve(runtime, app))


async def _serve(runtime, app):
    async with app.router.lifespan_context(app):
        while True:
            request, event = runtime.next_event()
            try:
                runtime.answer(request, await respond(app, event))
            except Exception as error:
                log.exception("The request %s could not be answered.", request)
                runtime.tell_failure("invocation/" + request, error)


class Runtime:
    """Lambda's side: where events come from and answers go."""

    def __init__(self, where):
        # No time limit: the next request may be an hour away, and the process is frozen for as long.
        self._connection = HTTPConnection(where)

    def next_event(self):
        answer, body = self._ask("GET", "invocation/next")
        return answer.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(body)

    def answer(self, request, response):
        answer, body = self._ask("POST", "invocation/%s/response" % request, response)
        if answer.status >= 400:
            # One of more than 6 MB, for example.
            raise RuntimeError("Lambda did not take the answer: %s" % body.decode(errors="replace"))

    def tell_failure(self, what, error):
        self._ask("POST", what + "/error", {"errorType": type(error).__name__, "errorMessage": str(error)})

    def _ask(self, method, path, value=None):
        body = None if value is None else json.dumps(value).encode()
        self._connection.request(method, "/2018-06-01/runtime/" + path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        return answer, answer.read()


async def respond(app, event):
    """The answer to one event, in the form a function URL takes."""
    body = event.get("body") or ""
    sent = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    said = {"status": None, "headers": [], "body": b""}

    async def receive():
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            said.update(status=message["status"], headers=message.get("headers", []))
        else:
            said["body"] += message.get("body", b"")

    try:
        await app(_scope(event), receive, send)
    except Exception:
        # As a web server does: the log has the error, the caller the status the application gave it.
        log.exception("The service failed.")
        if said["status"] is None:
            raise
    return _response(**said)


def _scope(event):
    http = event["requestContext"]["http"]
    headers = {**event.get("headers", {})}
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": http["method"],
        "scheme": "https",
        "path": unquote(event["rawPath"]),
        "raw_path": event["rawPath"].encode(),
        "query_string": event.get("rawQueryString", "").encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": (http.get("sourceIp", ""), 0),
        "server": (event["requestContext"].get("domainName", ""), 443),
    }


def _response(status, headers, body):
    named, cookies = {}, []
    for name, value in headers:
        name, value = name.decode("latin-1"), value.decode("latin-1")
        if name == "set-cookie":
            cookies.append(value)
        else:
            named[name] = named[name] + ", " + value if name in named else value
    try:
        text, is_binary = body.decode(), False
    except UnicodeDecodeError:
        text, is_binary = base64.b64encode(body).decode(), True
    return {"statusCode": status, "headers": named, "cookies": cookies, "body": text, "isBase64Encoded": is_binary}
