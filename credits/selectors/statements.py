"""What a wallet has: its entries, grants and holds as querysets, newest first, and what expires next."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from core import clock

from ..models import Grant, Hold, LedgerEntry
from ..models.grants import GrantQuerySet
from .wallets import settle_if_due


def list_entries(
    reference: str,
    *,
    kind: str | None = None,
    contra: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[LedgerEntry]:
    """Return the statement of a settled wallet with allocations, newest first; `since` <= effective_at < `until`."""
    settle_if_due(reference)
    filters = {"kind": kind, "contra": contra, "effective_at__gte": since, "effective_at__lt": until}
    wanted = {name: value for name, value in filters.items() if value is not None}
    entries = LedgerEntry.objects.filter(wallet__reference=reference, **wanted).select_related("wallet")
    return entries.prefetch_related("allocations").order_by("-sequence")


def list_grants(reference: str) -> QuerySet[Grant]:
    """Return all grants of a settled wallet, newest first."""
    settle_if_due(reference)
    return Grant.objects.filter(wallet__reference=reference).order_by("-id")


def list_holds(reference: str) -> QuerySet[Hold]:
    """Return all holds of a settled wallet, newest first."""
    settle_if_due(reference)
    return Hold.objects.filter(wallet__reference=reference).select_related("wallet").order_by("-id")


def list_expiring(reference: str, days: int) -> GrantQuerySet:
    """Return the grants that end within `days` and have uncovered credits left, soonest first."""
    settle_if_due(reference)
    ending = Grant.objects.filter(wallet__reference=reference, is_open=True, remaining__gt=F("held"))
    return ending.filter(expires_at__lt=clock.now() + timedelta(days=days)).order_by("expires_at", "id")
