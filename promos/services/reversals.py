"""Take back what a purchase earned when all of its money went back, and give it again when the money returns."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock, logs
from credits import services as credit_services
from credits.models import Grant, LedgerEntry
from credits.services import NewGrant, Origin, Posted

from ..models import Redemption

SIDES = ("grant", "referrer_grant")
REASON = "The money of the purchase that earned it went back"
MOST_SWEPT = 200

log = logs.get_logger(__name__)


def take_back_rewards(*, reference: str, payment: str) -> int:
    """Void what a wallet's payment earned for both sides; return how many redemptions that were. Safe to run twice.

    The ledger voids no grant that covers an active hold; such a one is voided once the hold has ended.
    """
    with transaction.atomic():
        earned = list(_earned(reference, payment))
        Redemption.objects.filter(pk__in=[one.pk for one in earned]).update(take_back_from=clock.now())
        _void(earned)
    return len(earned)


def take_back_due() -> None:
    """Void what was covered by holds when the money went back, and is free now."""
    free = Q(grant__held=0) & (Q(referrer_grant=None) | Q(referrer_grant__held=0))
    due = Redemption.objects.filter(free, take_back_from__isnull=False).order_by("take_back_from")
    for pk in list(due.values_list("pk", flat=True)[:MOST_SWEPT]):
        with transaction.atomic():
            _void(list(Redemption.objects.select_for_update().filter(pk=pk, take_back_from__isnull=False)))


def give_again(*, reference: str, payment: str) -> int:
    """Grant anew what was taken back for a payment whose money is ours after all; return how many grants that were."""
    with transaction.atomic():
        earned = list(_earned(reference, payment))
        Redemption.objects.filter(pk__in=[one.pk for one in earned]).update(take_back_from=None)
        items = {(one.pk, side): item for one in earned for side, item in _lost(one)}
        outcomes = credit_services.issue_grants(items=list(items.values()))
        for (pk, side), outcome in zip(items, outcomes, strict=True):
            if isinstance(outcome, Posted):
                Redemption.objects.filter(pk=pk).update(**{side: UUID(str(outcome.entry.grant))})
            else:
                log.error("reward_refused", redemption=str(pk), side=side, code=outcome.code)
    return len(items)


def _earned(reference: str, payment: str) -> QuerySet[Redemption]:
    """Lock what the purchase was rewarded with; the rows alone, not those of codes and wallets beside them."""
    found = Redemption.objects.filter(wallet__reference=reference, payment=payment, granted_at__isnull=False)
    locked = Redemption.objects.select_for_update().filter(pk__in=list(found.values_list("pk", flat=True)))
    return locked.order_by("pk").prefetch_related("code", "grant__wallet", "referrer_grant__wallet")


def _grants_of(redemption: Redemption) -> Iterator[tuple[str, Grant]]:
    for side in SIDES:
        grant: Grant | None = getattr(redemption, side)
        if grant is not None:
            yield side, grant


def _void(redemptions: list[Redemption]) -> None:
    """Void all grants in one list of commands; a redemption of which a hold covers something stays due."""
    owners = {str(grant.pk): one for one in redemptions for _, grant in _grants_of(one)}
    items = [(grant, Origin(key=_key(grant))) for grant in owners]
    outcomes = credit_services.void_grants(items=items, reason=REASON)
    covered = {
        one.pk
        for one, outcome in zip(owners.values(), outcomes, strict=True)
        # Refused for another reason it is over: it has ended or was voided before.
        if not isinstance(outcome, Posted) and "held" in outcome.members
    }
    done = [one.pk for one in redemptions if one.pk not in covered]
    Redemption.objects.filter(pk__in=done).update(take_back_from=None)


def _lost(redemption: Redemption) -> Iterator[tuple[str, NewGrant]]:
    """Give for each side a grant of what was voided here; what an operator voided stays so."""
    for side, grant in _grants_of(redemption):
        mine = LedgerEntry.objects.filter(grant=grant, kind="voided", idempotency_key=_key(str(grant.pk)))
        amount = -sum(mine.values_list("amount", flat=True), Decimal(0))
        if amount:
            yield (
                side,
                NewGrant(
                    reference=grant.wallet.reference,
                    amount=amount,
                    source=grant.source,
                    expires_in_days=redemption.code.expires_in_days,
                    description=grant.description,
                    metadata={"promo_code": redemption.code.code, "redemption": str(redemption.pk)},
                    origin=Origin(key=f"give_again:{grant.pk}"),
                ),
            )


def _key(grant: str) -> str:
    return f"take_back:{grant}"
