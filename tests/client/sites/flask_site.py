"""The site behind Flask."""

from typing import Any

from flask import Flask, Response, request, stream_with_context
from scrip_client import Client
from scrip_client.wsgi import CreditMeteringMiddleware

from tests.client.sites import handlers

app = Flask(__name__)
wsgi_app: Any = app.wsgi_app
app.wsgi_app = CreditMeteringMiddleware(  # type: ignore[method-assign]
    wsgi_app, client=Client(**handlers.TERMS), config=handlers.config()
)


@app.get("/up")
@app.get("/m/free/up")
def up() -> str:
    return "up"


@app.get("/m/record")
@app.get("/m/small")
def record() -> Response:
    return Response("done", handlers.record(request.args))


@app.get("/m/answer")
def answer() -> Response:
    body, headers = handlers.reported(request.args)
    return Response(body, headers=headers, mimetype="application/json")


@app.get("/m/stream")
def stream() -> Response:
    return Response(stream_with_context(handlers.chunks(request.args)), mimetype="text/event-stream")
