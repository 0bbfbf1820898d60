"""Razorpay's events in our words.

Only a link's own events name the checkout. The others say whose money it is, and the provider is asked. Neither the
order of arrival nor `created_at` says what happened last: a link's events bear the time at which the link was made.
"""

import re
from collections.abc import Callable
from typing import Any

from core.strict_json import strict_loads

from .messages import Notice, SubscriptionNews
from .razorpay_shapes import Shape, charge_of, order_of, snapshot_of_link
from .reading import instant, member, named, number, text

LONGEST_TYPE = 80
LINK_HINT = re.compile(r"#[A-Za-z0-9]{14}")

Details = dict[str, Any]


def read(body: bytes, event_id: str, *, is_live: bool) -> Notice:
    """Read a verified body; never raises. A webhook of test mode is signed with another secret than a live one."""
    try:
        event = strict_loads(body)
    except ValueError:
        event = {}
    type = text(event, "event")[:LONGEST_TYPE]
    family = next((name for name in READERS if type.startswith(name)), "")
    return Notice(
        event_id=event_id,
        type=type,
        occurred_at=instant(event, "created_at"),
        is_live=is_live,
        **(READERS[family](type, event, is_live) if family else {}),
    )


def _entity(event: Shape, name: str) -> object:
    return member(event, "payload", name, "entity")


def _link(type: str, event: Shape, is_live: bool) -> Details:
    link, payment = _entity(event, "payment_link"), _entity(event, "payment")
    charges = (charge_of(payment),) if text(payment, "id") else ()
    return {
        "ids": named(text(link, "id"), text(payment, "id"), order_of(payment) or order_of(link)),
        "reference": text(link, "reference_id"),
        "snapshot": snapshot_of_link(link, charges, is_live=is_live) if text(link, "id") else None,
    }


def _money(type: str, event: Shape, is_live: bool) -> Details:
    """A payment of a subscription's invoice comes with `subscription.charged`."""
    payment, order = _entity(event, "payment"), _entity(event, "order")
    if text(payment, "invoice_id") and not type.startswith("payment.dispute."):
        return {}
    return {
        "ids": named(text(payment, "id"), order_of(payment), text(_entity(event, "dispute"), "id"), _link_in(payment)),
        "hint": text(payment, "notes", "payment") or text(order, "notes", "payment") or text(order, "receipt"),
    }


def _link_in(payment: object) -> str:
    """Return the link that a description hints at; the answer about that link decides."""
    description = text(payment, "description")
    return f"plink_{description[1:]}" if LINK_HINT.fullmatch(description) else ""


def _refund(type: str, event: Shape, is_live: bool) -> Details:
    refund, payment = _entity(event, "refund"), _entity(event, "payment")
    ids = named(text(refund, "payment_id"), text(payment, "id"), order_of(payment), _link_in(payment))
    return {"ids": ids, "hint": text(payment, "notes", "payment")}


def _subscription(type: str, event: Shape, is_live: bool) -> Details:
    kind = KINDS.get(type)
    subscription, payment = _entity(event, "subscription"), _entity(event, "payment")
    if kind is None or not text(subscription, "id"):
        return {}
    news = SubscriptionNews(
        kind=kind,
        subscription_id=text(subscription, "id"),
        reference=text(subscription, "notes", "subscription"),
        charge_key=text(payment, "id") or _period(subscription) if kind in ("charged", "failed") else "",
        charge_id=text(payment, "id"),
        amount_minor=number(payment, "amount"),
        currency=text(payment, "currency").upper(),
        customer_id=text(subscription, "customer_id"),
        period_start=instant(subscription, "current_start"),
        period_end=instant(subscription, "current_end"),
    )
    return {"ids": named(news.subscription_id, news.charge_id), "subscription": news}


def _period(subscription: object) -> str:
    """Return the key of a charge that names no payment."""
    return f"{text(subscription, 'id')}:{number(subscription, 'current_start')}"


KINDS: dict[str, Any] = {
    "subscription.authenticated": "started",
    "subscription.charged": "charged",
    "subscription.pending": "failed",
    "subscription.halted": "failed",
    "subscription.cancelled": "cancelled",
    "subscription.completed": "cancelled",
    "subscription.expired": "cancelled",
}
READERS: dict[str, Callable[[str, Shape, bool], Details]] = {
    "payment_link.": _link,
    "payment.": _money,
    "order.": _money,
    "refund.": _refund,
    "subscription.": _subscription,
}
