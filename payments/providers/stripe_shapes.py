"""Stripe's objects in our words. A payment's id is that of its PaymentIntent; the charge's is an alias."""

from collections.abc import Iterable, Mapping
from typing import Any

from .messages import Charge, ChargeStatus, DisputeState, DisputeStatus, RefundState, RefundStatus, Snapshot
from .reading import member, named, number, rows, text
from .stripe_money import from_stripe

Shape = Mapping[str, Any]

REFUNDS: dict[str, RefundStatus] = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
INTENTS: dict[str, ChargeStatus] = {"succeeded": "captured", "canceled": "failed"}


def id_of(source: object, *path: str) -> str:
    """Return an id, whether the object stands there by its id or expanded."""
    return text(source, *path) or text(source, *path, "id")


def currency_of(source: object) -> str:
    return text(source, "currency").upper()


def amount_of(source: object, name: str = "amount") -> int:
    """Return an amount in the smallest unit."""
    return from_stripe(number(source, name), currency_of(source))


def snapshot_of_session(session: Shape, charges: tuple[Charge, ...], *, is_full: bool = False) -> Snapshot:
    return Snapshot(
        checkout_id=text(session, "id"),
        reference=text(session, "client_reference_id"),
        is_live=member(session, "livemode") is True,
        ended="expired" if text(session, "status") == "expired" else "",
        charges=charges,
        is_full=is_full,
    )


def snapshot_of_intent(intent: Shape, charges: tuple[Charge, ...], *, is_full: bool = False) -> Snapshot:
    """Return a charge that had no page: only who has our key can have written its metadata."""
    return Snapshot(
        checkout_id=text(intent, "id"),
        reference=text(intent, "metadata", "payment"),
        is_live=member(intent, "livemode") is True,
        charges=charges,
        is_full=is_full,
    )


def charges_of_intent(
    intent: object, refunds: Iterable[Shape] = (), disputes: Iterable[Shape] = ()
) -> tuple[Charge, ...]:
    """Return the charge of an intent, none while nobody has tried to pay."""
    status = _status(intent)
    if not text(intent, "id") or not status:
        return ()
    keeps = status == "captured" and text(intent, "setup_future_usage") == "off_session"
    charge = Charge(
        id=text(intent, "id"),
        status=status,
        amount_minor=amount_of(intent, "amount_received" if status == "captured" else "amount"),
        currency=currency_of(intent),
        aliases=named(id_of(intent, "latest_charge")),
        refunded_minor=_refunded(intent),
        refunds=tuple(refund_state(refund) for refund in refunds),
        disputes=tuple(dispute_state(dispute) for dispute in disputes),
        customer_id=id_of(intent, "customer") if keeps else "",
        method_id=id_of(intent, "payment_method") if keeps else "",
    )
    return (charge,)


def charges_of_session(session: Shape, status: ChargeStatus) -> tuple[Charge, ...]:
    """Return what a session itself says of its money."""
    charge = Charge(
        id=id_of(session, "payment_intent"),
        status=status,
        amount_minor=amount_of(session, "amount_total"),
        currency=currency_of(session),
    )
    return (charge,)


def refund_state(refund: object) -> RefundState:
    return RefundState(
        id=text(refund, "id"),
        amount_minor=amount_of(refund),
        status=REFUNDS.get(text(refund, "status"), "pending"),
        reference=text(refund, "metadata", "refund"),
    )


def dispute_state(dispute: object) -> DisputeState:
    return DisputeState(id=text(dispute, "id"), amount_minor=amount_of(dispute), status=_dispute_status(dispute))


def _dispute_status(dispute: object) -> DisputeStatus:
    """Tell by the money: what has moved none yet is an inquiry, whatever its name."""
    status = text(dispute, "status")
    if status == "won":
        return "won"
    if status == "lost":
        return "lost"
    return "open" if rows(dispute, "balance_transactions") and not status.startswith("warning_") else "inquiry"


def _status(intent: object) -> ChargeStatus | None:
    status = text(intent, "status")
    if status == "requires_payment_method":
        return "failed" if member(intent, "last_payment_error") else None
    return INTENTS.get(status, "pending") if status else None


def _refunded(intent: object) -> int:
    return from_stripe(number(intent, "latest_charge", "amount_refunded"), currency_of(intent))
