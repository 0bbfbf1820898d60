"""May a wallet use a code? The rules, and the rows that they need."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.problems import Problem
from credits.exceptions import WalletNotFound
from credits.models import Wallet
from credits.selectors import facts_of

from ..code_text import normalize
from ..exceptions import (
    CodeAlreadyRedeemed,
    CodeExhausted,
    CodeExpired,
    CodeInactive,
    CodeNotForYou,
    CodeNotStarted,
    CodeUnknown,
)
from ..models import GroupUse, ListedWallet, PromoCode, Redemption
from ..models.codes import Audience

# What an unknown code is looked up by further on.
NO_CODE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Situation:
    """A code and a wallet, with all that decides about a redemption."""

    code: PromoCode | None
    wallet: Wallet
    facts: dict[str, Any]
    uses: int
    group_use: GroupUse | None
    is_listed: bool


def read_situation(*, code: str, reference: str, for_update: bool = False) -> Situation:
    """Read what decides, in the same six statements whatever that will be, so that time tells nothing about codes.

    `for_update` locks the code's row first. Raises WalletNotFound.
    """
    codes = PromoCode.objects.select_for_update() if for_update else PromoCode.objects.all()
    found = codes.filter(normalized=normalize(code)).first()
    wallet = Wallet.objects.filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    code_id, group = (found.pk, found.group) if found else (NO_CODE, "")
    return Situation(
        code=found,
        wallet=wallet,
        facts=facts_of(reference),
        uses=Redemption.objects.filter(code=code_id, wallet=wallet).count(),
        group_use=GroupUse.objects.filter(wallet=wallet, group=group).first(),
        is_listed=ListedWallet.objects.filter(code=code_id, reference=reference).exists(),
    )


def eligible_code(*, code: str, reference: str, at: datetime) -> PromoCode:
    """Return the code that a wallet may use at `at`; raises the first of the refusals that holds."""
    return judge(read_situation(code=code, reference=reference), at)


def judge(situation: Situation, at: datetime) -> PromoCode:
    """Return the code of a situation; raises the first of the refusals that holds, in the order of the contract."""
    code = situation.code
    if code is None:
        raise CodeUnknown
    for holds, refusal in _refusals(code, situation, at):
        if holds:
            raise refusal
    return code


def fits_group(code: PromoCode, use: GroupUse | None) -> bool:
    """Tell whether a wallet that uses the code's group so may use the code, too."""
    return use is None or use.code_id == (None if code.is_stackable else code.pk)


def _refusals(code: PromoCode, situation: Situation, at: datetime) -> Iterator[tuple[bool, type[Problem]]]:
    limit = code.max_redemptions
    is_spent = situation.uses >= code.max_redemptions_per_wallet
    yield not code.is_active, CodeInactive
    yield code.starts_at is not None and at < code.starts_at, CodeNotStarted
    yield code.ends_at is not None and at >= code.ends_at, CodeExpired
    yield limit is not None and code.redeemed >= limit, CodeExhausted
    yield is_spent or not fits_group(code, situation.group_use), CodeAlreadyRedeemed
    yield not _is_for(code, situation, at), CodeNotForYou


def _is_for(code: PromoCode, situation: Situation, at: datetime) -> bool:
    wallet, facts = situation.wallet, situation.facts
    return code.referrer_id != wallet.pk and {
        Audience.EVERYONE: True,
        Audience.LISTED: situation.is_listed,
        Audience.NEW: at - wallet.created_at < timedelta(days=code.max_wallet_age_days or 0),
        Audience.WITHOUT_PURCHASE: "first_purchase_at" not in facts,
        Audience.PLAN: facts.get("plan") == code.plan,
    }.get(Audience(code.audience), False)
