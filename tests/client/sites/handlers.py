"""What the sites of all frameworks do; `query` says what, and a site only renders it."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from scrip_client import MeteringConfig, Request, record_usage

TERMS: dict[str, Any] = {"base_url": os.environ["SCRIP_URL"], "api_key": os.environ["SCRIP_KEY"], "pause_seconds": 0.01}


def wallet(request: Request) -> str | None:
    return request.headers.get("x-wallet")


METERING: dict[str, Any] = {
    "paths": ("/m/",),
    "skip_paths": ("/m/free/",),
    "wallet": wallet,
    "estimate": {"": "10", "/m/small": "3"},
    "credits_per_unit": "0.001",
    "response_header": "X-Cost",
    "body_key": "usage.total_tokens",
    "slice_credits": "3",
    "client_gone": os.environ.get("SITE_GONE", "recorded"),
}


def config() -> MeteringConfig:
    return MeteringConfig(**METERING)


def record(query: Mapping[str, str]) -> int:
    """Record what the query says, and return the status to answer with."""
    if "model" in query:
        record_usage(model=query["model"], tokens={"input_tokens": int(query["tokens"])}, metadata={"note": "a note"})
    if "cost" in query:
        record_usage(cost=query["cost"], metadata={"note": "x" * int(query.get("long", 1))})
    if "late" in query:
        timer = _later(query)
        timer.start()
    if "raise" in query:
        raise RuntimeError("a defect")
    time.sleep(float(query.get("seconds", 0)))
    return int(query.get("status", 200))


def _later(query: Mapping[str, str]) -> threading.Thread:
    """Record after the answer, in a thread that the request started and that has its context."""
    from contextvars import copy_context

    context = copy_context()

    def work() -> None:
        time.sleep(0.5)
        context.run(record_usage, cost=query["late"])

    return threading.Thread(target=work, daemon=True)


def reported(query: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return a body and headers that report a cost."""
    body = f'{{"usage": {{"total_tokens": {query["tokens"]}}}}}' if "tokens" in query else "{}"
    return body.encode(), {"X-Cost": query["header"]} if "header" in query else {}


def chunks(query: Mapping[str, str]) -> Iterator[bytes]:
    """Make `chunks` events, each costing `cost`, with `pause` seconds before each."""
    for number in range(int(query["chunks"])):
        time.sleep(float(query.get("pause", 0)))
        if query.get("break") == str(number):
            raise RuntimeError("the source broke")
        record_usage(cost=query["cost"])
        yield f"data: {number} {time.time()}\n\n".encode()
