"""The ledger as a whole: the trial balance and the signed checkpoint."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from core import clock
from core.amounts import format_micros

from .. import books
from ..checkpoints import Checkpoint, HeadDigest
from ..engine.chain import stamp
from ..models import Wallet
from ..services.wallets import settle_due


def trial_balance() -> dict[str, Any]:
    """Return the sums of all wallets and of every contra account, which are zero together, and the debt beside them.

    They are of the instant `as_of`. `unsettled` counts the wallets that have fallen due since they were last posted to:
    their expiries and activations are missing in the sums.
    """
    with books.one_view():
        as_of = clock.now()
        unsettled = Wallet.objects.filter(next_change_at__lte=as_of).count()
        balance, debt = (_sum("credits_wallet", column)[None] for column in ("balance", "debt"))
        contra = {account: -amount for account, amount in _sum("credits_ledgerentry", "amount", "contra").items()}
    return {
        "as_of": stamp(as_of).replace("+00:00", "Z"),
        "unsettled": unsettled,
        "wallets": format_micros(balance),
        "contra": {account or "": format_micros(amount) for account, amount in sorted(contra.items(), key=str)},
        "total": format_micros(balance + sum(contra.values())),
        "debt": format_micros(debt),
    }


def settled_trial_balance() -> dict[str, Any]:
    """Post what is due, then return the trial balance; `unsettled` counts those that could not be settled."""
    settle_due()
    return trial_balance()


def checkpoint(write: Callable[[str], object] | None = None) -> Checkpoint:
    """Return the signed checkpoint of all wallets' heads; `write` gets the line of each head."""
    at, digest = clock.now(), HeadDigest()
    for pack in books.packs():
        for head in books.heads(pack.wallets):
            line = digest.add((head.reference, head.sequence, head.hash))
            if write is not None:
                write(line + "\n")
    return digest.sign(at)


def _sum(table: str, column: str, by: str | None = None) -> dict[str | None, int]:
    """Return exact sums in millionths by a column; SQLite's own fail beyond 64 bits, so there halves are added up."""
    low = f"SUM({column} % 4294967296)" if connection.vendor == "sqlite" else "0"
    high = f"SUM({column} / 4294967296)" if connection.vendor == "sqlite" else f"SUM({column})"
    unit = 4294967296 if connection.vendor == "sqlite" else 1
    select, group = (f"{by}, ", f" WHERE {column} <> 0 GROUP BY {by}") if by else ("NULL, ", "")
    found = books.query(f"SELECT {select}{high}, {low} FROM {table}{group}", [])
    return {key: int(high or 0) * unit + int(low or 0) for key, high, low in found}
