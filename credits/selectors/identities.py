"""Which wallet an object belongs to: a fact that never changes, so each process remembers it."""

from uuid import UUID

from ..exceptions import EntryNotFound, GrantNotFound, HoldNotFound
from ..models import Grant, Hold, LedgerEntry

REMEMBERED = 65_536
_references_of_holds: dict[str, str] = {}


def reference_of_hold(hold: str) -> str:
    """Return the reference of the wallet of a hold; raise HoldNotFound."""
    reference = _references_of_holds.get(hold)
    if reference is None:
        reference = Hold.objects.filter(pk=UUID(hold)).values_list("wallet__reference", flat=True).first()
        if reference is None:
            raise HoldNotFound
        remember_hold(hold, reference)
    return reference


def remember_hold(hold: str, reference: str) -> None:
    """Remember whose hold it is: most are captured by the process that placed them."""
    if len(_references_of_holds) >= REMEMBERED:
        _references_of_holds.clear()
    _references_of_holds[hold] = reference


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
