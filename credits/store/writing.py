"""Write what a run posted: one statement per table, whatever the number of commands."""

from collections.abc import Sequence

from core import rows

from ..engine import Run
from ..engine.journal import Journal
from ..engine.state import Entry, Grant, Hold, Wallet
from . import tables
from .decoding import dump_rollover


def write_run(run: Run, refused: Sequence[Wallet] = ()) -> None:
    """Write wallets, grants, holds and entries with their allocations."""
    journal = run.journal
    changed = {wallet.id: wallet for wallet in (*journal.wallets.values(), *refused)}
    _write_wallets(journal, list(changed.values()))
    _write_grants(journal)
    _write_holds(journal)
    _write_entries(journal.entries)


def _write_wallets(journal: Journal, wallets: Sequence[Wallet]) -> None:
    for wallet in wallets:
        wallet.updated_at = journal.now
    table = tables.WALLETS
    rows.update(table, [[getattr(wallet, name) for name in table.names] for wallet in wallets])


def _write_grants(journal: Journal) -> None:
    rows.insert(tables.GRANTS, [_grant_row(grant, journal) for grant in journal.new_grants.values()])
    old = [grant for grant in journal.grants.values() if grant.id not in journal.new_grants]
    table = tables.GRANT_CHANGES
    rows.update(table, [[getattr(grant, name) for name in table.names] for grant in old])
    rows.increment(tables.GRANTS.only("id", "lost"), list(journal.lost.items()))


def _grant_row(grant: Grant, journal: Journal) -> list[object]:
    return [
        grant.id,
        grant.wallet_id,
        grant.sequence,
        grant.amount,
        grant.source,
        grant.effective_at,
        grant.priority,
        grant.expires_at,
        dump_rollover(grant.rollover),
        grant.parent,
        grant.origin,
        grant.cost_minor,
        grant.currency,
        grant.description,
        grant.metadata,
        grant.remaining,
        grant.held,
        grant.activated_at,
        grant.voided_at,
        grant.refunded,
        grant.lost,
        grant.claimed,
        grant.is_open,
        journal.now,
    ]


def _write_holds(journal: Journal) -> None:
    names = tables.HOLDS.names
    rows.insert(tables.HOLDS, [[getattr(hold, name) for name in names] for hold in journal.new_holds.values()])
    old = [hold for hold in journal.holds.values() if hold.id not in journal.new_holds]
    table = tables.HOLD_CHANGES
    rows.update(table, [[getattr(hold, name) for name in table.names] for hold in old])
    rows.delete(tables.COVERS, [hold.id for hold in old])
    rows.insert(tables.COVERS, [cover for hold in (*journal.new_holds.values(), *old) for cover in _covers(hold)])


def _covers(hold: Hold) -> list[tuple[str, str, int]]:
    return [(hold.id, grant, amount) for grant, amount in hold.cover.items()]


def _write_entries(entries: Sequence[Entry]) -> None:
    rows.insert(tables.ENTRIES, [(*entry[:2], *entry[3:-1]) for entry in entries])
    rows.insert(tables.ALLOCATIONS, [(entry.id, *part) for entry in entries for part in entry.allocations])
