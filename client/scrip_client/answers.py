"""What an application's requests and answers say of their cost, and how a request is refused before it runs."""

import json
import logging
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from .amounts import amount_text, read_amount, round_up
from .config import MeteringConfig, Request
from .context import Usage
from .metering import Metering, Offer
from .problems import NotAuthenticated, Problem, ScripError, ValidationFailed
from .transport import Steps

ESTIMATED_TOKENS = "X-Estimated-Tokens"
EVENT_STREAM = "text/event-stream"
JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/json-seq")
# Refusals that are about the payer; any other is a matter between this application and the server.
TOLD = ("not_authenticated", "validation_failed", "insufficient_credits", "budget_exceeded", "wallet_frozen")
log = logging.getLogger("scrip_client")
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


class CreditsExhausted(ConnectionError):
    """A stream whose form has no room for a last word is broken off, so that nobody takes it for complete."""


def offer_of(request: Request, operation: str, reference: str | None, config: MeteringConfig) -> Offer:
    """Return how many credits to hold for a request; the client's word may raise the amount, never lower it.

    Raises NotAuthenticated, ValidationFailed.
    """
    if not reference:
        detail = "Send the credentials of somebody who has a wallet."
        raise NotAuthenticated(401, _members(401, "not_authenticated", "Credentials are missing", detail))
    text = request.headers.get(ESTIMATED_TOKENS.lower(), "0")
    if not _COUNT.fullmatch(text):
        errors = [{"field": ESTIMATED_TOKENS, "detail": "Write a whole number of tokens, at most 999999999."}]
        detail = "Correct the members that `errors` names and send the request again."
        members = _members(400, "validation_failed", "The request is not valid", detail)
        raise ValidationFailed(400, {**members, "errors": errors})
    theirs = Decimal(text) * read_amount(config.credits_per_unit)
    return Offer(reference, operation, round_up(max(config.estimate_of(request), theirs)))


def settle(metering: Metering, status: int, headers: Mapping[str, str], body: bytes | None) -> Steps[None]:
    """Charge or free what an answer's status says; header names are in small letters.

    A defect (5xx) is free; a refusal (4xx) costs what was recorded, and that only if the setting says so.
    """
    recorder = metering.recorder
    if status < 400:
        if not recorder.pending() and (cost := _reported(headers, body, metering.config)):
            recorder.add(Usage(cost, operation=metering.offer.operation))
        return metering.charge()
    if status < 500 and metering.config.charge_client_errors and recorder.pending():
        return metering.charge()
    return metering.release()


def refusal(error: ScripError, path: str, base_url: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body that tell a client why his request did not run."""
    headers = {"Content-Type": "application/problem+json"}
    if isinstance(error, Problem) and error.code in TOLD:
        members = {**error.members, "type": urljoin(base_url, str(error.members.get("type", "about:blank")))}
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
    else:
        log.error("metering_failed %s", error)
        headers["Retry-After"] = str(int(getattr(error, "retry_after", None) or 1))
        detail = "Send the same request again after Retry-After seconds."
        members = _members(503, "unavailable", "The service is busy or not reachable", detail)
    body = json.dumps({**members, "instance": path}).encode()
    headers["Content-Length"] = str(len(body))
    return members["status"], headers, body


def last_words(metering: Metering, media_type: str, path: str) -> bytes:
    """Return the event that says why a stream ends here. Raises CreditsExhausted where there is no room."""
    detail = "The credits ran out, so the stream ends here; add credits, and send the request again."
    text = json.dumps(
        {
            **_members(402, "insufficient_credits", "Not enough credits", detail),
            "instance": path,
            "required": amount_text(metering.config.slice_credits),
            "available": metering.available or "0",
            "consumed": amount_text(metering.consumed),
        }
    )
    media_type = media_type.partition(";")[0].strip()
    if media_type == EVENT_STREAM:
        return f"event: insufficient_credits\ndata: {text}\n\n".encode()
    if media_type in JSON_LINES:
        return f"{text}\n".encode()
    raise CreditsExhausted(detail)


def _members(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    link = f"/problems#{code.replace('_', '-')}"
    return {"type": link, "title": title, "status": status, "detail": detail, "code": code}


def _reported(headers: Mapping[str, str], body: bytes | None, config: MeteringConfig) -> Decimal | None:
    """Return what the answer itself says: a header with credits, else a number under a dotted path of its JSON."""
    cost = _positive(headers.get(config.response_header.lower())) if config.response_header else None
    is_json = headers.get("content-type", "").partition(";")[0].strip().endswith("json")
    if cost is not None or not config.body_key or body is None or not is_json:
        return cost
    try:
        value: Any = json.loads(body, parse_float=str)
    except ValueError:
        return None
    for name in config.body_key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    units = _positive(value)
    return None if units is None else round_up(units * read_amount(config.credits_per_unit))


def _positive(value: object) -> Decimal | None:
    """Return an amount; None for what is none, and for zero, which says only that nobody counted."""
    try:
        return read_amount(value) or None
    except ValueError:
        return None
