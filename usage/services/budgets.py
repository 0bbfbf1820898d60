"""Say how much may be spent in a window, and forget windows that are over."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import ApiKey
from core import clock
from core.exceptions import ValidationFailed
from credits.engine.state import MAX_HOLD_LIFE
from credits.exceptions import WalletNotFound
from credits.models import Wallet

from ..models import Budget, BudgetCounter
from ..selectors.budgets import read_budget
from ..windows import BUCKETS, ROLLING

KEPT = timedelta(days=400)


def create_budget(
    *,
    limit: Decimal,
    window: str,
    window_seconds: int | None = None,
    reference: str | None = None,
    api_key: Any = None,
    operation: str = "",
    hard: bool = True,
    actor: str,
) -> Budget:
    """Limit what a wallet, an API key, an operation or all together spend; what begins from now on counts.

    `window_seconds`, a multiple of 60, belongs to a rolling window. Raises WalletNotFound, ValidationFailed.
    """
    refuse_bad_window(window, window_seconds)
    if reference is not None and api_key is not None:
        raise ValidationFailed([("api_key", "Name a wallet or an API key, not both.")])
    with transaction.atomic():
        return Budget.objects.create(
            wallet=None if reference is None else _locked_wallet(reference),
            api_key=None if api_key is None else _key(api_key),
            operation=operation,
            window=window,
            window_seconds=window_seconds,
            limit=limit,
            hard=hard,
            created_by=actor,
        )


def change_budget(*, budget: Any, limit: Decimal | None = None, hard: bool | None = None) -> Budget:
    """Change how much a budget allows, and whether it refuses more; raise BudgetNotFound."""
    with transaction.atomic():
        found = read_budget(budget, for_update=True)
        found.limit = found.limit if limit is None else limit
        found.hard = found.hard if hard is None else hard
        found.updated_at = clock.now()
        found.save(update_fields=["limit", "hard", "updated_at"])
    return found


def delete_budget(*, budget: Any) -> None:
    """Forget a budget and what it counted; raise BudgetNotFound."""
    with transaction.atomic():
        read_budget(budget, for_update=True).delete()


def refuse_bad_window(window: str, seconds: int | None) -> None:
    """Raise ValidationFailed where a window and its seconds don't go together."""
    if (window == ROLLING) != (seconds is not None):
        raise ValidationFailed([("window_seconds", "A rolling window, and no other, has window_seconds.")])
    if seconds is not None and seconds % BUCKETS:
        raise ValidationFailed([("window_seconds", f"Name a multiple of {BUCKETS}.")])


def _locked_wallet(reference: str) -> Wallet:
    """Lock the wallet, so that what is being spent there now comes before the budget, and what follows sees it."""
    wallet = Wallet.objects.select_for_update().filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    return wallet


def _key(pk: Any) -> ApiKey:
    key = ApiKey.objects.filter(pk=pk).first()
    if key is None:
        raise ValidationFailed([("api_key", "There is no such API key; list the keys to find the id.")])
    return key


def purge_counters(*, at: datetime) -> int:
    """Delete counters after 400 days, those of rolling windows once no hold can count in them any more."""
    old = BudgetCounter.objects.filter(starts_at__lt=at - KEPT).delete()[0]
    for seconds in Budget.objects.order_by().filter(window=ROLLING).values_list("window_seconds", flat=True).distinct():
        before = at - timedelta(seconds=seconds or 0) - MAX_HOLD_LIFE - timedelta(days=1)
        rolling = BudgetCounter.objects.filter(budget__window=ROLLING, budget__window_seconds=seconds)
        old += rolling.filter(starts_at__lt=before).delete()[0]
    return old
