"""Grant what waited for a purchase: percentage bonuses, and both sides of a referral."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.db import transaction

from core import clock, logs
from core.amounts import MICROS
from core.problems import Problem
from credits import services as credit_services
from credits.services import NewGrant, Origin, Posted

from ..models import PromoCode, Redemption
from ..models.redemptions import RedemptionQuerySet

MICRO = Decimal(1) / MICROS

log = logs.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A payment that was made; `credits` are what it bought."""

    reference: str
    payment: str
    credits: Decimal
    amount_minor: int
    currency: str
    paid_at: datetime


def reward_purchase(*, purchase: Purchase) -> int:
    """Grant what the wallet's redemptions before the purchase waited for; return how many were waiting.

    Safe to run twice. What would pass the largest balance goes on waiting, and is logged.
    """
    with transaction.atomic():
        waiting = _waiting_for(purchase)
        items = {(one.pk, side): item for one in waiting for side, item in _rewards(one, purchase)}
        outcomes = credit_services.issue_grants(items=list(items.values()))
        for redemption in waiting:
            _note(redemption, purchase, dict(zip(items, outcomes, strict=True)))
    return len(waiting)


def _waiting_for(purchase: Purchase) -> list[Redemption]:
    """Lock and return the oldest waiting redemption of each code that the purchase is good enough for."""
    of_wallet = RedemptionQuerySet(Redemption).filter(wallet__reference=purchase.reference)
    rewarded = of_wallet.filter(payment=purchase.payment).values("code")
    before = of_wallet.waiting().filter(created_at__lte=purchase.paid_at).exclude(code__in=rewarded)
    # The rows alone are locked, not those of codes and wallets beside them.
    locked = Redemption.objects.select_for_update().filter(pk__in=list(before.values_list("pk", flat=True)))
    oldest: dict[UUID, Redemption] = {}
    for redemption in locked.filter(granted_at=None).order_by("pk").prefetch_related("code__referrer", "wallet"):
        if _reward(redemption.code, purchase) > 0:
            oldest.setdefault(redemption.code_id, redemption)
    return list(oldest.values())


def _reward(code: PromoCode, purchase: Purchase) -> Decimal:
    """Return the credits for who redeemed the code, rounded down to a millionth; 0 if the purchase is too small."""
    least, currency = code.minimum_purchase_minor, code.minimum_purchase_currency
    if least is not None and (purchase.currency != currency or purchase.amount_minor < least):
        return Decimal(0)
    if code.bonus_percent is None:
        return code.amount or Decimal(0)
    return (purchase.credits * code.bonus_percent / 100).quantize(MICRO, ROUND_DOWN)


def _rewards(redemption: Redemption, purchase: Purchase) -> Iterator[tuple[str, NewGrant]]:
    code, amount = redemption.code, _reward(redemption.code, purchase)
    if code.referrer is None:
        text = code.description or f"Bonus of {code.bonus_percent} % with promo code {code}"
        yield "grant", _item(redemption, redemption.wallet.reference, amount, "promotion", text)
        return
    yield "grant", _item(redemption, redemption.wallet.reference, amount, "referral", f"Referral code {code}")
    thanks = code.referrer_amount or Decimal(0)
    yield "referrer_grant", _item(redemption, code.referrer.reference, thanks, "referral", "Thanks for a referral")


def _item(redemption: Redemption, reference: str, amount: Decimal, source: str, text: str) -> NewGrant:
    return NewGrant(
        reference=reference,
        amount=amount,
        source=source,
        expires_in_days=redemption.code.expires_in_days,
        description=text,
        metadata={"promo_code": redemption.code.code, "redemption": str(redemption.pk)},
        origin=Origin(key=f"redemption:{redemption.pk}:{source}:{reference}"),
    )


def _note(redemption: Redemption, purchase: Purchase, outcomes: dict[tuple[UUID, str], Posted | Problem]) -> None:
    """Write which grants were issued; without the wallet's own the redemption goes on waiting."""
    for side in ("grant", "referrer_grant"):
        outcome = outcomes.get((redemption.pk, side))
        if isinstance(outcome, Posted):
            setattr(redemption, f"{side}_id", UUID(outcome.entry.grant))
        elif outcome is not None:
            log.error("reward_refused", redemption=str(redemption.pk), side=side, code=outcome.code)
    if redemption.grant_id is not None:
        redemption.payment, redemption.granted_at = purchase.payment, clock.now()
        redemption.save(update_fields=["grant", "referrer_grant", "payment", "granted_at"])
