"""Use a code."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F

from core import clock, events, rows
from core.amounts import format_micros, to_micros
from credits import services as credit_services
from credits.services import Origin, Posted
from credits.store.news import stream_of

from ..exceptions import CodeAlreadyRedeemed
from ..models import GroupUse, PromoCode, Redemption
from ..selectors.eligibility import Situation, eligible_code, fits_group, judge, read_situation

GROUP_USES = rows.Table(GroupUse._meta.db_table, (("group_name", "text"), ("wallet_id", "uuid"), ("code_id", "uuid")))


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption and what it posted, None for one that waits for a purchase."""

    redemption: Redemption
    posted: Posted | None


def redeem_code(*, code: str, reference: str, origin: Origin) -> Redeemed:
    """Use a code for a wallet: grant its credits now, or what it gives with the next purchase.

    Raises one of `promos.exceptions.REFUSALS`, WalletNotFound, BalanceTooLarge; a refusal leaves nothing behind.
    """
    # First without a lock, so that a refusal waits for nobody and its time tells nothing about the code.
    eligible_code(code=code, reference=reference, at=clock.now())
    with transaction.atomic():
        return _redeem(code, reference, origin)


def _redeem(code: str, reference: str, origin: Origin) -> Redeemed:
    """Lock the code, judge again, and then the wallet: all that refers to the wallet is written after its lock."""
    situation = read_situation(code=code, reference=reference, for_update=True)
    at = clock.now()
    found = judge(situation, at)
    redemption = _new_redemption(found, situation, origin)
    posted = None if found.waits_for_purchase else _grant(found, redemption, origin)
    if posted is not None:
        redemption.grant_id, redemption.granted_at = UUID(posted.entry.grant), at
    redemption.created_at = at
    redemption.save(force_insert=True)
    _use_group(found, situation)
    PromoCode.objects.filter(pk=found.pk).update(redeemed=F("redeemed") + 1)
    events.publish("code.redeemed", stream=stream_of(reference), payload=_news(found, redemption))
    return Redeemed(redemption, posted)


def _new_redemption(code: PromoCode, situation: Situation, origin: Origin) -> Redemption:
    return Redemption(
        code=code,
        wallet=situation.wallet,
        ordinal=situation.uses + 1,
        actor=origin.actor,
        request_id=origin.request_id,
    )


def _grant(code: PromoCode, redemption: Redemption, origin: Origin) -> Posted:
    return credit_services.issue_grant(
        reference=redemption.wallet.reference,
        amount=code.amount or Decimal(0),
        source="promotion",
        expires_in_days=code.expires_in_days,
        description=code.description or f"Promo code {code}",
        metadata={"promo_code": code.code, "redemption": str(redemption.pk)},
        origin=Origin("internal", origin.actor, f"redemption:{redemption.pk}", origin.request_id),
    )


def _use_group(code: PromoCode, situation: Situation) -> None:
    """Note how the wallet uses the code's group; raise CodeAlreadyRedeemed if that excludes the code.

    Two that come at once with codes of one group meet here: the second waits for the first one's end.
    """
    if not code.group:
        return
    mine = [code.group, str(situation.wallet.pk), None if code.is_stackable else str(code.pk)]
    rows.write([rows.Change("ignore", GROUP_USES, [mine])])
    if not fits_group(code, GroupUse.objects.get(wallet=situation.wallet, group=code.group)):
        raise CodeAlreadyRedeemed


def _news(code: PromoCode, redemption: Redemption) -> dict[str, object]:
    return {
        "wallet": redemption.wallet.reference,
        "redemption": str(redemption.pk),
        "code": code.code,
        "campaign": code.campaign,
        "amount": None if code.amount is None else format_micros(to_micros(code.amount)),
        "bonus_percent": code.bonus_percent,
        "status": redemption.status,
    }
