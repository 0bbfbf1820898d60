"""Write what a run posted: one change per table, whatever the number of commands."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from core import events, rows
from core.events import News
from core.rows import Change

from ..engine import Run
from ..engine.journal import Journal
from ..engine.state import Entry, Grant, Wallet
from . import tables
from .decoding import dump_rollover

Covers = Mapping[str, Mapping[str, int]]
"""For each hold, how much rests on which grant."""


def write_run(run: Run, refused: Sequence[Wallet], covered: Covers, news: Sequence[News]) -> None:
    """Write wallets, grants, holds, entries with their allocations, and the news of them.

    `covered` are the covers of holds as they were loaded.
    """
    journal = run.journal
    wallets = {wallet.id: wallet for wallet in (*journal.wallets.values(), *refused)}
    rows.write(
        [
            _wallet_changes(journal, list(wallets.values())),
            *_grant_changes(journal),
            *_hold_changes(journal, covered),
            *_entry_changes(journal.entries),
            events.change_of(news),
        ]
    )


def _wallet_changes(journal: Journal, wallets: Sequence[Wallet]) -> Change:
    for wallet in wallets:
        wallet.updated_at = journal.now
    return _change("update", tables.WALLETS, wallets)


def _grant_changes(journal: Journal) -> list[Change]:
    old = [grant for grant in journal.grants.values() if grant.id not in journal.new_grants]
    return [
        Change("insert", tables.GRANTS, [_grant_row(grant, journal) for grant in journal.new_grants.values()]),
        _change("update", tables.GRANT_CHANGES, old),
        Change("add", tables.GRANTS.only("id", "lost"), list(journal.lost.items())),
    ]


def _change(verb: str, table: rows.Table, objects: Iterable[object]) -> Change:
    read = attrgetter(*table.names)
    return Change(verb, table, [read(thing) for thing in objects])


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


def _hold_changes(journal: Journal, covered: Covers) -> list[Change]:
    old = [hold for hold in journal.holds.values() if hold.id not in journal.new_holds]
    holds = [*journal.new_holds.values(), *old]
    now = {(hold.id, grant): amount for hold in holds for grant, amount in hold.cover.items()}
    before = {(hold.id, grant): amount for hold in old for grant, amount in covered.get(hold.id, {}).items()}
    return [
        _change("insert", tables.HOLDS, journal.new_holds.values()),
        _change("update", tables.HOLD_CHANGES, old),
        Change("delete", tables.COVERS.only("hold_id", "grant_id"), list(before.keys() - now.keys())),
        Change("upsert", tables.COVERS, [(*key, now[key]) for key in now if before.get(key) != now[key]]),
    ]


def _entry_changes(entries: Sequence[Entry]) -> list[Change]:
    return [
        Change("insert", tables.ENTRIES, [(*entry[:2], *entry[3:-1]) for entry in entries]),
        Change("insert", tables.ALLOCATIONS, [(entry.id, *part) for entry in entries for part in entry.allocations]),
    ]
