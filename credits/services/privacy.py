"""Erase what was written about people; amounts and the chain stay, because texts enter the chain as a salted hash."""

from uuid import UUID

from django.db import transaction

from ..exceptions import EntryNotFound
from ..models import Grant, Hold, LedgerEntry, Wallet

ERASED: dict[str, None] = {"description": None, "metadata": None}


def erase_texts(*, entry: str) -> None:
    """Set the texts of an entry to NULL, and those of the grant or hold that it posted; raise EntryNotFound.

    What a grant passed its texts on to (rollovers, transfers, revived credits) loses them too.
    """
    with transaction.atomic():
        found = LedgerEntry.objects.filter(pk=UUID(entry))
        posted = found.first()
        if posted is None:
            raise EntryNotFound
        # Nothing takes over texts from a grant of this wallet meanwhile.
        Wallet.objects.select_for_update().get(pk=posted.wallet_id)
        found.update(**ERASED, text_salt=None)
        if posted.kind == "held" and posted.hold_id is not None:
            Hold.objects.filter(pk=posted.hold_id).update(**ERASED)
        grants = Grant.objects.filter(wallet=posted.wallet_id, sequence=posted.sequence, parent=None)
        generation = list(grants.values_list("pk", flat=True))
        while generation:
            Grant.objects.filter(pk__in=generation).update(**ERASED)
            generation = list(Grant.objects.filter(parent__in=generation).values_list("pk", flat=True))
