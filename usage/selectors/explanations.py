"""Why a charge is what it is: the version of its rate, each quantity, and the rounding."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from core.amounts import format_micros, to_micros

from ..models import UsageEvent
from ..pricing import price

Members = dict[str, Any]


def explain_charges(entry: UUID) -> list[Members]:
    """Re-add what an entry charges for, from the versions that priced it; a correction says what it corrects."""
    events = UsageEvent.objects.filter(entry=entry).select_related("rate").order_by("id")
    return [_explained(event) for event in events]


def _explained(event: UsageEvent) -> Members:
    members: Members = {
        "usage": event.pk,
        "provider": event.provider,
        "model": event.model,
        "operation": event.operation,
        "occurred_at": event.occurred_at,
        "amount": format_micros(to_micros(event.amount)),
        "corrects": event.corrects_id,
        "late": event.late,
        "rate": None,
        "lines": [],
        "rounding": "0",
    }
    if event.rate is None:
        return members
    quantities = {name: Decimal(units) for name, units in event.quantities.items()}
    priced = price(event.rate.terms, quantities)
    rate = {
        "id": event.rate.pk,
        "version": event.rate.version,
        "currency": event.rate.currency,
        "markup_percent": _text(event.rate.markup_percent),
        "credits_per_currency_unit": _text(event.rate.credits_per_currency_unit),
    }
    lines = [
        {
            "quantity": line.quantity,
            "units": _text(line.units),
            "price": _text(line.price),
            "per": line.per,
            "amount": _text(line.amount),
        }
        for line in priced.lines
    ]
    return {**members, "rate": rate, "lines": lines, "rounding": _text(priced.rounding)}


def _text(value: int | Decimal) -> str:
    return f"{Decimal(value).normalize():f}"
