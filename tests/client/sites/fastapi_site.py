"""The site behind FastAPI: plain handlers run in threads, the asynchronous one on the loop."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from scrip_client import AsyncClient
from scrip_client.asgi import CreditMeteringMiddleware

from tests.client.sites import handlers

app = FastAPI()
app.add_middleware(CreditMeteringMiddleware, client=AsyncClient(**handlers.TERMS), config=handlers.config())


@app.get("/up")
@app.get("/m/free/up")
def up() -> Response:
    return Response("up")


@app.get("/m/record")
@app.get("/m/small")
def record(request: Request) -> Response:
    return Response("done", handlers.record(request.query_params))


@app.get("/m/arecord")
async def arecord(request: Request) -> Response:
    return Response("done", handlers.record(request.query_params))


@app.get("/m/slow")
async def slow(request: Request) -> Response:
    status = handlers.record({"cost": request.query_params["cost"]})
    await asyncio.sleep(float(request.query_params["seconds"]))
    return Response("done", status)


@app.get("/m/answer")
def answer(request: Request) -> Response:
    body, headers = handlers.reported(request.query_params)
    return Response(body, headers=headers, media_type="application/json")


@app.get("/m/stream")
def stream(request: Request) -> Response:
    return StreamingResponse(handlers.chunks(request.query_params), media_type="text/event-stream")


@app.get("/m/astream")
async def astream(request: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for chunk in handlers.chunks(request.query_params):
            await asyncio.sleep(0)
            yield chunk

    return StreamingResponse(chunks(), media_type="text/event-stream")
