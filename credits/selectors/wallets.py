"""A wallet as it is at present, and its balance at any past instant."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from core import clock, rows
from core.amounts import MICROS

from .. import cache
from ..engine.state import Wallet
from ..exceptions import InvalidOperation, WalletNotFound
from ..models import LedgerEntry
from ..readings import MOST_EXPIRING, WalletReading
from ..services.wallets import settle_wallets

READ = rows.Table(
    "credits_wallet",
    (
        ("reference", "text"),
        ("status", "text"),
        ("balance", "bigint"),
        ("held", "bigint"),
        ("debt", "bigint"),
        ("sequence", "bigint"),
        ("time_zone", "text"),
        ("attributes", "text"),
        ("created_at", "instant"),
        ("updated_at", "instant"),
        ("next_change_at", "instant"),
    ),
)
EXPIRING = rows.Table("credits_grant", (("amount", "bigint"), ("expires_at", "instant")))
EXPIRING_SQL = (
    "SELECT g.remaining - g.held, g.expires_at FROM credits_wallet w JOIN credits_grant g ON g.wallet_id = w.id"
    " WHERE w.reference = %s AND g.is_open AND g.remaining > g.held AND g.expires_at IS NOT NULL"
    " ORDER BY g.expires_at, g.priority, CASE g.source WHEN 'purchase' THEN 1 ELSE 0 END, g.effective_at, g.sequence,"
    f" g.id LIMIT {MOST_EXPIRING}"
)


@dataclass(frozen=True, slots=True)
class PastBalance:
    """What a wallet held at an instant, by its entry number `sequence`; amounts in millionths."""

    reference: str
    at: datetime
    sequence: int
    balance: int
    held: int
    debt: int


def read_wallet(reference: str) -> WalletReading:
    """Return a wallet at present, from the balance cache where there is one; raise WalletNotFound.

    Inside a transaction it comes from the database: what is not committed must not reach other readers.
    """
    if connection.in_atomic_block:
        return _read_settled(reference)
    return cache.read_through(reference, _read_settled)


def refresh_wallet(reference: str) -> WalletReading:
    """Return a wallet at present from the database, and renew its cached copy; raise WalletNotFound."""
    return cache.refresh(reference, _read_settled)


def _read_settled(reference: str) -> WalletReading:
    reading = _fetch(reference)
    if reading.next_change_at is not None and reading.next_change_at <= clock.now():
        settle_wallets([reference])
        reading = _fetch(reference)
    return reading


def settle_if_due(reference: str) -> None:
    """Post what is due in a wallet, so that what is read afterwards is the present; raise WalletNotFound."""
    _read_settled(reference)


def settled_wallet(reference: str) -> Wallet:
    """Return a wallet at present with its open grants and active holds; raise WalletNotFound."""
    wallet = settle_wallets([reference]).get(reference)
    if wallet is None:
        raise WalletNotFound
    return wallet


def balance_at(reference: str, at: datetime) -> PastBalance:
    """Return the balance at a past instant; raise InvalidOperation for a future one, and WalletNotFound."""
    settle_if_due(reference)
    if at > clock.now():
        raise InvalidOperation("`at` lies in the future; ask for a forecast instead.", field="at")
    entries = LedgerEntry.objects.filter(wallet__reference=reference, effective_at__lte=at)
    last = entries.order_by("-effective_at", "-sequence").values_list(
        "sequence", "balance_after", "held_after", "debt_after"
    )
    sequence, *amounts = last.first() or (0, 0, 0, 0)
    return PastBalance(reference, at, sequence, *(int(amount * MICROS) for amount in amounts))


def _fetch(reference: str) -> WalletReading:
    wallets, ending = rows.fetch(
        [rows.Query(READ, _read_sql(), [reference]), rows.Query(EXPIRING, EXPIRING_SQL, [reference])]
    )
    if not wallets:
        raise WalletNotFound
    expiring = tuple((amount, instant) for amount, instant in ending)
    return WalletReading(**dict(zip(READ.names, wallets[0], strict=True)), expiring=expiring)


@lru_cache
def _read_sql() -> str:
    return f"SELECT {', '.join(READ.names)} FROM credits_wallet WHERE reference = %s"
