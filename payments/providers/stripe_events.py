"""Stripe's events in our words.

An event that tells of a checkout by itself brings a snapshot; one about an intent, a refund or a dispute says only
whose money it is, and the provider is asked: totals are cumulative and a refund may fail, so the present counts.
"""

from collections.abc import Callable
from typing import Any

from core.strict_json import strict_loads

from .messages import ChargeStatus, Notice, SubscriptionNews
from .reading import instant, member, named, number, rows, text
from .stripe_shapes import Shape, amount_of, charges_of_session, currency_of, id_of, snapshot_of_session

API_VERSION = "2026-10-28.endive"
LONGEST_TYPE = 80

Details = dict[str, Any]


def read(body: bytes, event_id: str) -> Notice:
    """Read a verified body; never raises."""
    try:
        event = strict_loads(body)
    except ValueError:
        event = {}
    type = text(event, "type")[:LONGEST_TYPE]
    item = member(event, "data", "object")
    details = READERS[type](type, item) if type in READERS and isinstance(item, dict) else {}
    return Notice(
        event_id=event_id,
        type=type,
        occurred_at=instant(event, "created"),
        is_live=member(event, "livemode") is True,
        problem=_problem(event) if details else "",
        **details,
    )


def _problem(event: object) -> str:
    version = text(event, "api_version")
    if version == API_VERSION:
        return ""
    return f"The event is of API version {version or 'unknown'}; set the webhook endpoint at Stripe to {API_VERSION}."


def _session(type: str, session: Shape) -> Details:
    if text(session, "mode") == "subscription":
        return _started(type, session)
    status = STATUSES.get(type) or ("captured" if text(session, "payment_status") == "paid" else "pending")
    details: Details = {
        "ids": named(text(session, "id"), id_of(session, "payment_intent")),
        "reference": text(session, "client_reference_id"),
    }
    if type == "checkout.session.expired":
        return details | {"snapshot": snapshot_of_session(session, ())}
    if id_of(session, "payment_intent") and not text(session, "metadata", "keeps_method"):
        details["snapshot"] = snapshot_of_session(session, charges_of_session(session, status))
    return details


def _started(type: str, session: Shape) -> Details:
    if type != "checkout.session.completed":
        return {}
    news = SubscriptionNews(
        kind="started",
        subscription_id=id_of(session, "subscription"),
        reference=text(session, "client_reference_id"),
        customer_id=id_of(session, "customer"),
    )
    return {"ids": named(text(session, "id"), news.subscription_id), "subscription": news}


def _intent(type: str, intent: Shape) -> Details:
    """An intent without our mark belongs to an invoice, or to somebody else who sells through this account."""
    hint = text(intent, "metadata", "payment")
    return {"ids": named(text(intent, "id"), id_of(intent, "latest_charge")), "hint": hint} if hint else {}


def _charge(type: str, charge: Shape) -> Details:
    ids = named(text(charge, "id"), id_of(charge, "payment_intent"))
    return {"ids": ids, "hint": text(charge, "metadata", "payment")}


def _refund(type: str, refund: Shape) -> Details:
    return {"ids": named(id_of(refund, "payment_intent"), id_of(refund, "charge"))}


def _dispute(type: str, dispute: Shape) -> Details:
    return {"ids": named(text(dispute, "id"), id_of(dispute, "payment_intent"), id_of(dispute, "charge"))}


def _invoice(type: str, invoice: Shape) -> Details:
    """An invoice over nothing, as for a trial, or of no subscription starts no period."""
    parent = member(invoice, "parent", "subscription_details")
    paid = type == "invoice.paid"
    amount = amount_of(invoice, "amount_paid" if paid else "amount_due")
    if not id_of(parent, "subscription") or not amount:
        return {}
    line = _line(invoice)
    start = number(line, "period", "start")
    news = SubscriptionNews(
        kind="charged" if paid else "failed",
        subscription_id=id_of(parent, "subscription"),
        reference=text(parent, "metadata", "subscription"),
        charge_key=f"{text(invoice, 'id')}:{start}",
        charge_id=_intent_of(invoice),
        amount_minor=amount,
        currency=currency_of(invoice),
        customer_id=id_of(invoice, "customer"),
        period_start=instant(line, "period", "start"),
        period_end=instant(line, "period", "end"),
    )
    return {"ids": named(text(invoice, "id"), news.subscription_id), "subscription": news}


def _line(invoice: Shape) -> Shape:
    """Return the line of the latest period: one that corrects a former price stands beside it."""
    lines = rows(invoice, "lines", "data")
    return max(lines, key=lambda line: number(line, "period", "end"), default={})


def _intent_of(invoice: Shape) -> str:
    payments = [id_of(row, "payment", "payment_intent") for row in rows(invoice, "payments", "data")]
    return next((intent for intent in payments if intent), "")


def _ended(type: str, subscription: Shape) -> Details:
    news = SubscriptionNews(
        kind="cancelled",
        subscription_id=text(subscription, "id"),
        reference=text(subscription, "metadata", "subscription"),
        customer_id=id_of(subscription, "customer"),
    )
    return {"ids": named(news.subscription_id), "subscription": news}


STATUSES: dict[str, ChargeStatus] = {
    "checkout.session.async_payment_succeeded": "captured",
    "checkout.session.async_payment_failed": "failed",
}
READERS: dict[str, Callable[[str, Shape], Details]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _intent,
    "payment_intent.processing": _intent,
    "payment_intent.payment_failed": _intent,
    "payment_intent.canceled": _intent,
    "charge.refunded": _charge,
    "charge.refund.updated": _refund,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.closed": _dispute,
    # `invoice.payment_succeeded` tells of the same payment once more.
    "invoice.paid": _invoice,
    "invoice.payment_failed": _invoice,
    "customer.subscription.deleted": _ended,
}
