"""Open wallets, and what operators do to a whole wallet."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core import clock, events, logs
from core.attributes import validate_attributes

from .. import cache
from ..engine import commands as c
from ..engine.state import Wallet as SettledWallet
from ..exceptions import WalletExists, WalletNotFound
from ..models import Wallet
from ..store import execute, open_wallets
from ..store.news import news_of_opening
from .posting import INTERNAL, Origin, Posted, command_of, micros_of, post, refuse_bad_reference

SETTLED_AT_ONCE = 200

log = logs.get_logger(__name__)


def adjust(*, reference: str, amount: Decimal, reason: str, origin: Origin = INTERNAL) -> Posted:
    """Add credits or, with a negative amount, take free ones; raise InsufficientCredits."""
    return post(command_of(c.Adjust, origin, reference, reason, amount=micros_of(amount)))


def reset(*, reference: str, reason: str, origin: Origin = INTERNAL) -> Posted:
    """Take all free credits and cancel scheduled grants; debt stays."""
    return post(command_of(c.Reset, origin, reference, reason))


def transfer(
    *, source: str, target: str, amount: Decimal, description: str | None = None, origin: Origin = INTERNAL
) -> Posted:
    """Move free credits to another wallet, with their source, priority, expiry and cost."""
    return post(command_of(c.Transfer, origin, source, description, target=target, amount=micros_of(amount)))


def forgive_debt(*, reference: str, reason: str, amount: Decimal | None = None, origin: Origin = INTERNAL) -> Posted:
    """Write off debt, all of it or `amount`; raise DebtTooSmall."""
    part = None if amount is None else micros_of(amount)
    return post(command_of(c.ForgiveDebt, origin, reference, reason, amount=part))


def freeze(*, reference: str, reason: str, origin: Origin = INTERNAL) -> Posted:
    """Refuse all that spends, until the wallet is unfrozen."""
    return post(command_of(c.Freeze, origin, reference, reason))


def unfreeze(*, reference: str, reason: str, origin: Origin = INTERNAL) -> Posted:
    """Let a frozen wallet spend again."""
    return post(command_of(c.Unfreeze, origin, reference, reason))


def settle_wallets(references: Iterable[str]) -> dict[str, SettledWallet]:
    """Post what is due in the wallets and return them, with open grants and active holds, as they are at present."""
    return execute([], list(references)).wallets


def settle_due() -> None:
    """Post what is due by now in all wallets, a batch in one transaction; a wallet that fails stops no other."""
    due = Wallet.objects.filter(next_change_at__lte=clock.now()).order_by("pk")
    last = UUID(int=0)
    while batch := list(due.filter(pk__gt=last).values_list("pk", "reference")[:SETTLED_AT_ONCE]):
        _settle_each([reference for _, reference in batch])
        last = batch[-1][0]


def _settle_each(references: list[str]) -> None:
    """Settle wallets together or, where one of them fails, each by itself; log those that fail."""
    try:
        settle_wallets(references)
    except Exception as error:
        if len(references) == 1:
            log.error("wallet_not_settled", wallet=references[0], exc_info=error)
            return
        for reference in references:
            _settle_each([reference])


def open_wallet(
    *,
    reference: str,
    owner: Any = None,
    time_zone: str = "UTC",
    attributes: Mapping[str, Any] | None = None,
) -> tuple[Wallet, bool]:
    """Open a wallet and tell whether it is new; raise WalletExists if it exists with other terms, InvalidOperation."""
    refuse_bad_reference(reference)
    validate_attributes("wallet", attributes or {})
    with transaction.atomic():
        opened = open_wallets([reference])
        wallet = Wallet.objects.select_for_update().get(reference=reference)
        if str(wallet.id) != opened.get(reference):
            _refuse_other_terms(wallet, owner, time_zone, attributes)
            return wallet, False
        wallet.owner, wallet.time_zone, wallet.attributes = owner, time_zone, dict(attributes or {})
        _save_new(wallet)
        events.publish_many([news_of_opening(reference)])
        return wallet, True


def _save_new(wallet: Wallet) -> None:
    try:
        with transaction.atomic():
            wallet.save(update_fields=["owner", "time_zone", "attributes"])
    except IntegrityError:
        raise WalletExists("The owner has a wallet already; read that one, or name another owner.") from None


def _refuse_other_terms(wallet: Wallet, owner: Any, time_zone: str, attributes: Mapping[str, Any] | None) -> None:
    if (wallet.owner, wallet.time_zone, wallet.attributes) != (owner, time_zone, dict(attributes or {})):
        raise WalletExists("The wallet exists with other terms; read it, and change it with PATCH.")


def update_wallet(
    *, reference: str, time_zone: str | None = None, attributes: Mapping[str, Any] | None = None
) -> Wallet:
    """Change a wallet's time zone or attributes, which are no part of the ledger; raise WalletNotFound."""
    validate_attributes("wallet", attributes or {})
    with transaction.atomic():
        wallet = Wallet.objects.select_for_update().filter(reference=reference).first()
        if wallet is None:
            raise WalletNotFound(f"There is no wallet {reference}; open it first, or check the reference.")
        wallet.time_zone = time_zone or wallet.time_zone
        wallet.attributes = wallet.attributes if attributes is None else dict(attributes)
        wallet.updated_at = clock.now()
        wallet.save(update_fields=["time_zone", "attributes", "updated_at"])
        cache.announce_other_members(reference, wallet.sequence)
        return wallet
