"""What the sandbox says, in its own words and in ours."""

from collections.abc import Mapping
from typing import Any, cast

from ..models import SandboxCheckout
from ..providers import reading
from ..providers.messages import Charge, DisputeState, RefundState, Snapshot, SubscriptionNews


def state_of(checkout: SandboxCheckout) -> dict[str, Any]:
    """Return what stands in an event about a checkout."""
    return {
        "id": checkout.pk,
        "reference": checkout.order_key,
        "ended": checkout.ended,
        "customer": checkout.customer_id,
        "amount": checkout.amount_minor,
        "currency": checkout.currency,
        "charges": checkout.charges,
    }


def state_of_charge(checkout: SandboxCheckout, charge: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in an event about one charge of a subscription, which is a checkout of its own for us."""
    return {**state_of(checkout), "id": charge["id"], "reference": "", "ended": "", "charges": [charge]}


def snapshot_of(checkout: SandboxCheckout) -> Snapshot:
    """Return a checkout in our words, with all that there is."""
    return text_of(state_of(checkout), is_full=True)


def text_of(state: object, *, is_full: bool = False) -> Snapshot:
    """Return the state that an event carries in our words."""
    ended = reading.text(state, "ended")
    return Snapshot(
        checkout_id=reading.text(state, "id"),
        reference=reading.text(state, "reference"),
        is_live=False,
        ended=cast("Any", ended if ended in ("expired", "cancelled") else ""),
        charges=tuple(_charge(row, state) for row in reading.rows(state, "charges")),
        is_full=is_full,
    )


def news_of(event: Mapping[str, Any]) -> SubscriptionNews:
    """Return an event about a recurring charge in our words."""
    data = reading.member(event, "data")
    return SubscriptionNews(
        kind=cast("Any", reading.text(event, "type").partition(".")[2]),
        subscription_id=reading.text(data, "id"),
        reference=reading.text(data, "reference"),
        charge_key=reading.text(data, "charge"),
        charge_id=reading.text(data, "charge"),
        amount_minor=reading.number(data, "amount"),
        currency=reading.text(data, "currency"),
        customer_id=reading.text(data, "customer"),
        period_start=reading.instant(data, "period_start"),
        period_end=reading.instant(data, "period_end"),
    )


def refund_of(row: Mapping[str, Any]) -> RefundState:
    """Return a refund in our words."""
    return RefundState(
        id=reading.text(row, "id"),
        amount_minor=reading.number(row, "amount"),
        status=cast("Any", reading.text(row, "status")),
        reference=reading.text(row, "reference"),
    )


def _charge(row: Mapping[str, Any], state: object) -> Charge:
    return Charge(
        id=reading.text(row, "id"),
        status=cast("Any", reading.text(row, "status")),
        amount_minor=reading.number(row, "amount"),
        currency=reading.text(state, "currency"),
        refunded_minor=reading.number(row, "refunded"),
        refunds=tuple(refund_of(refund) for refund in reading.rows(row, "refunds")),
        disputes=tuple(_dispute(dispute) for dispute in reading.rows(row, "disputes")),
        customer_id=reading.text(state, "customer"),
        method_id=reading.text(row, "method"),
    )


def _dispute(row: Mapping[str, Any]) -> DisputeState:
    return DisputeState(
        id=reading.text(row, "id"),
        amount_minor=reading.number(row, "amount"),
        status=cast("Any", reading.text(row, "status")),
    )
