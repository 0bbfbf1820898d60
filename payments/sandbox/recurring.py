"""Recurring charges at the sandbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta

from core import clock

from ..models import SandboxCheckout
from .charges import add_charge

UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years"}


def period_of(checkout: SandboxCheckout, number: int) -> tuple[datetime, datetime]:
    """Return the bounds of a period, counted from the day of the agreement so that no month's length shifts it."""
    recurs: dict[str, Any] = checkout.recurs or {}
    step = {UNITS[recurs["interval"]]: recurs["count"]}
    anchor = datetime.fromisoformat(recurs["anchor"])
    length = [relativedelta(**{unit: count * times for unit, count in step.items()}) for times in (number, number + 1)]
    return anchor + length[0], anchor + length[1]


def _agree(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    if checkout.recurs["status"] != "offered":
        return []
    checkout.recurs |= {"status": "active", "anchor": clock.now().isoformat()}
    return ["subscription.started", *_renew(checkout, amount_minor)]


def _renew(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    if checkout.recurs["status"] == "ending":
        return _cancel(checkout, amount_minor)
    if checkout.recurs["status"] not in ("active", "failing"):
        return []
    if checkout.recurs["status"] == "failing":
        return _fail(checkout, amount_minor)
    checkout.recurs["periods"] += 1
    checkout.recurs["charge"] = add_charge(checkout, "captured")["id"]
    checkout.next_charge_at = period_of(checkout, checkout.recurs["periods"] - 1)[1]
    return ["subscription.charged"]


def _fail(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    checkout.recurs["status"] = "failing"
    checkout.recurs["charge"] = ""
    checkout.next_charge_at = clock.now() + relativedelta(days=1)
    return ["subscription.failed"]


def _recover(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    if checkout.recurs["status"] == "failing":
        checkout.recurs["status"] = "active"
    return _renew(checkout, amount_minor)


def _cancel(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    checkout.recurs["status"], checkout.next_charge_at = "cancelled", None
    return ["subscription.cancelled"]


def _cancel_later(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    if checkout.recurs["status"] == "offered":
        return _cancel(checkout, amount_minor)
    checkout.recurs["status"] = "ending"
    return []


RECURRING_ACTS: dict[str, Callable[[SandboxCheckout, int], list[str]]] = {
    "agree": _agree,
    "renew": _renew,
    "recover": _recover,
    "fail": _fail,
    "cancel": _cancel,
    "cancel_later": _cancel_later,
}
