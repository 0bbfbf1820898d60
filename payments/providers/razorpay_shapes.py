"""Razorpay's entities in our words. A payment's id is `pay_…`; its order's is an alias."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from .messages import Charge, ChargeStatus, DisputeState, DisputeStatus, RefundState, RefundStatus, Snapshot
from .reading import member, named, number, text

Shape = Mapping[str, Any]

REFUNDS: dict[str, RefundStatus] = {"processed": "succeeded", "failed": "failed"}
ENDINGS: dict[str, Literal["", "expired", "cancelled"]] = {"expired": "expired", "cancelled": "cancelled"}
ORDER_PREFIX = "order_"


def order_of(payment: object) -> str:
    """Return the order's id; only the order entity of `payment_link.paid` lacks the prefix, and it isn't read."""
    id = text(payment, "order_id")
    return id if not id or id.startswith(ORDER_PREFIX) else f"{ORDER_PREFIX}{id}"


def charge_of(payment: object, refunds: Iterable[Shape] = (), disputes: Iterable[Shape] = ()) -> Charge:
    return Charge(
        id=text(payment, "id"),
        status=_status(payment),
        amount_minor=number(payment, "amount"),
        currency=text(payment, "currency").upper(),
        aliases=named(order_of(payment)),
        refunded_minor=number(payment, "amount_refunded"),
        refunds=tuple(refund_state(refund) for refund in refunds),
        disputes=tuple(dispute_state(dispute) for dispute in disputes),
        customer_id=text(payment, "customer_id") if text(payment, "token_id") else "",
        method_id=text(payment, "token_id") if text(payment, "customer_id") else "",
    )


def snapshot_of_link(link: object, charges: tuple[Charge, ...], *, is_live: bool, is_full: bool = False) -> Snapshot:
    return Snapshot(
        checkout_id=text(link, "id"),
        reference=text(link, "reference_id"),
        is_live=is_live,
        ended=ENDINGS.get(text(link, "status"), ""),
        charges=charges,
        is_full=is_full,
    )


def snapshot_of_order(order: object, charges: tuple[Charge, ...], *, is_live: bool, is_full: bool = False) -> Snapshot:
    """Return an order that we made ourselves, for a charge without a page."""
    return Snapshot(
        checkout_id=text(order, "id"),
        reference=text(order, "receipt"),
        is_live=is_live,
        charges=charges,
        is_full=is_full,
    )


def refund_state(refund: object) -> RefundState:
    return RefundState(
        id=text(refund, "id"),
        amount_minor=number(refund, "amount"),
        status=REFUNDS.get(text(refund, "status"), "pending"),
        reference=text(refund, "receipt"),
    )


def dispute_state(dispute: object) -> DisputeState:
    """Tell what was deducted; until something was, a dispute has moved no money."""
    status, deducted = _dispute_status(dispute), number(dispute, "amount_deducted")
    amount = deducted if status in ("open", "lost") and deducted else number(dispute, "amount")
    return DisputeState(id=text(dispute, "id"), amount_minor=amount, status=status)


def _dispute_status(dispute: object) -> DisputeStatus:
    status, deducted = text(dispute, "status"), number(dispute, "amount_deducted")
    if status in ("lost", "won"):
        return "lost" if status == "lost" else "won"
    if status == "closed":
        return "lost" if deducted else "won"
    return "open" if deducted else "inquiry"


def _status(payment: object) -> ChargeStatus:
    """A refunded payment was captured first; `captured` is sometimes a text."""
    status = text(payment, "status")
    if status in ("captured", "refunded") or member(payment, "captured") in (True, "1", "true"):
        return "captured"
    return "failed" if status == "failed" else "pending"
