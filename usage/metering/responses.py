"""How the answer to a metered request decides what is charged, and what the client is told of it."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework.utils.encoders import JSONEncoder

from core.amounts import format_micros, from_micros, parse_amount
from core.json_text import JSONNumber
from usage.services import Usage

from .calls import Metering
from .config import MeteringSettings
from .requests import round_up

CONSUMED, AVAILABLE = "X-Credits-Consumed", "X-Credits-Available"


def settle_response(metering: Metering, response: HttpResponseBase) -> None:
    """Charge or free what the answer's status says.

    A defect (5xx) is free; a refusal (4xx) costs what was recorded, and that only if the setting says so.
    """
    recorder = metering.recorder
    if response.status_code < 400:
        if not recorder.pending() and (usage := reported_usage(response, metering)) is not None:
            recorder.add(usage)
        metering.charge()
    elif response.status_code < 500 and metering.settings.charge_client_errors and recorder.pending():
        metering.charge(with_price=False)
    else:
        metering.release()


def announce(response: HttpResponseBase, meterings: Sequence[Metering]) -> None:
    """Tell the client what was consumed so far and what the wallet has available now."""
    response.headers[CONSUMED] = format_micros(sum(metering.consumed for metering in meterings))
    available = meterings[-1].standing.available
    if available is not None:
        response.headers[AVAILABLE] = format_micros(available)


def reported_usage(response: HttpResponseBase, metering: Metering) -> Usage | None:
    """Return what the answer itself says: a header with credits, else a number under a dotted path of its JSON."""
    settings = metering.settings
    number = _number_in_header(response, settings)
    if number is None:
        units = _number_in_body(response, settings)
        number = None if units is None else round_up(units * settings.credits_per_unit)
    return None if number is None else Usage("", operation=metering.terms.operation, amount=number)


def _number_in_header(response: HttpResponseBase, settings: MeteringSettings) -> Decimal | None:
    if not settings.response_header:
        return None
    return _positive(response.headers.get(settings.response_header))


def _number_in_body(response: HttpResponseBase, settings: MeteringSettings) -> Decimal | None:
    is_json = response.headers.get("Content-Type", "").partition(";")[0].strip().endswith("json")
    if not settings.body_key or not is_json or not isinstance(response, HttpResponse):
        return None
    try:
        value: Any = json.loads(_text_of(response), parse_float=JSONNumber)
    except ValueError:
        return None
    for name in settings.body_key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return _positive(value)


def _positive(value: object) -> Decimal | None:
    """Return an amount; None for what is none, and for zero, which says only that nobody counted."""
    try:
        return from_micros(parse_amount(value))
    except ValueError:
        return None


def _text_of(response: HttpResponse) -> bytes | str:
    """Return the body, also of a DRF answer that is yet to be rendered."""
    if getattr(response, "is_rendered", True):
        return response.content
    return json.dumps(getattr(response, "data", None), cls=JSONEncoder)
