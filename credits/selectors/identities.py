"""Which wallet an object belongs to: a fact that never changes, so each process remembers it."""

from functools import lru_cache
from uuid import UUID

from ..exceptions import EntryNotFound, GrantNotFound, HoldNotFound
from ..models import Grant, Hold, LedgerEntry

REMEMBERED = 65_536


def reference_of_hold(hold: str) -> str:
    """Return the reference of the wallet of a hold; raise HoldNotFound."""
    try:
        return _reference_of_hold(hold)
    except Hold.DoesNotExist:
        raise HoldNotFound from None


def reference_of_grant(grant: str) -> str:
    """Return the reference of the wallet of a grant; raise GrantNotFound."""
    reference = Grant.objects.filter(pk=UUID(grant)).values_list("wallet__reference", flat=True).first()
    if reference is None:
        raise GrantNotFound
    return reference


def reference_of_entry(entry: str) -> str:
    """Return the reference of the wallet of an entry; raise EntryNotFound."""
    reference = LedgerEntry.objects.filter(pk=UUID(entry)).values_list("wallet__reference", flat=True).first()
    if reference is None:
        raise EntryNotFound
    return reference


@lru_cache(REMEMBERED)
def _reference_of_hold(hold: str) -> str:
    return Hold.objects.values_list("wallet__reference", flat=True).get(pk=UUID(hold))
