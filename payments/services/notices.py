"""Find out which payment a provider's notice is about, and bring it up to date."""

from uuid import UUID

from django.db.models import QuerySet

from ..models import Payment, ProviderId
from ..providers.messages import Notice, Snapshot
from .mismatches import raise_alarm
from .recurring import take_subscription_news
from .refreshing import fetch_snapshot
from .truths import apply_truth


class NotOurs(Exception):
    """The event is none of our business."""


class Unmatched(Exception):
    """The event names nothing that we know, so far."""


class Unusable(Exception):
    """The event must not be acted on, and waiting changes nothing."""


def act_on(provider: str, notice: Notice) -> Payment | None:
    """Do what a verified notice means; raise NotOurs, Unmatched, Unusable, or whatever went wrong on the way.

    What the notice says itself is taken if it names the payment by what only we fill; otherwise, and where money that
    went back came back, the provider is asked. Metadata only says about which payment to ask.
    """
    if notice.problem:
        raise Unusable(notice.problem)
    if notice.subscription is not None:
        return take_subscription_news(provider=provider, notice=notice)
    if not (notice.ids or notice.reference or notice.hint):
        raise NotOurs
    payment, is_sure = _find(provider, notice)
    if payment is None:
        raise Unmatched
    if notice.is_live != payment.is_live:
        raise_alarm(payment, "An event of the other mode names the payment.")
        return payment
    snapshot = notice.snapshot if is_sure else None
    if snapshot is None or _has_failed_refund(snapshot):
        snapshot = fetch_snapshot(payment=payment, also=notice.ids)
    return apply_truth(payment=payment, snapshot=snapshot)


def _find(provider: str, notice: Notice) -> tuple[Payment | None, bool]:
    """Return the payment, and whether the notice itself says what only it can know."""
    ours = Payment.objects.filter(provider=provider)
    if notice.reference:
        return _named(ours, notice.reference), True
    named = ProviderId.objects.filter(provider=provider, value__in=notice.ids).select_related("payment").first()
    if named is not None:
        return named.payment, True
    return _named(ours, notice.hint), False


def _has_failed_refund(snapshot: Snapshot) -> bool:
    return any(refund.status == "failed" for charge in snapshot.charges for refund in charge.refunds)


def _named(ours: QuerySet[Payment], text: str) -> Payment | None:
    try:
        return ours.filter(pk=UUID(text)).first()
    except ValueError:
        return None
