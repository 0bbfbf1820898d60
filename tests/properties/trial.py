"""One random sequence: runs moves on a shelf, audits what was touched after every step and everything now and then."""

import copy
from datetime import datetime
from typing import Any

from credits.engine import Run
from credits.engine.commands import Command
from credits.engine.journal import Journal
from credits.engine.settling import settle
from credits.engine.state import Wallet
from tests.credits.engine.auditor import Auditor
from tests.credits.engine.shelf import Shelf
from tests.properties.moves import WALLETS, Moves
from tests.properties.watcher import Watcher

EVERYTHING_EVERY = 64


class Trial:
    """A ledger of three wallets, driven by one seed."""

    def __init__(self, seed: int) -> None:
        self.shelf = Shelf(*WALLETS)
        self.moves = Moves(seed, self.shelf)
        self.auditor = Auditor()
        self.watcher = Watcher(self.shelf)
        self.done = 0

    def run(self, operations: int) -> None:
        """Run so many commands, one in ten times a batch of some."""
        audited = 0
        while self.done < operations:
            most = min(6, operations - self.done)
            size = 1 if self.moves.random.random() < 0.9 else self.moves.random.randint(1, most)
            self.step(size)
            self.done += size
            if self.done - audited >= EVERYTHING_EVERY:
                audited = self.done
                self.check_everything()
        self.check_everything()

    def step(self, size: int) -> None:
        """Run some commands at one reading of the clock, and audit the wallets that they name."""
        now = self.moves.tick()
        commands = [self.moves.draw() for _ in range(size)]
        named = dict.fromkeys(name for command in commands for name in self._named(command))
        wallets = [self.shelf.wallets[name] for name in named]
        before = [picture(wallet) for wallet in wallets]
        settled = self._settled(wallets, before, now) if size == 1 else None
        outcome = self.shelf.run(now, *commands)
        for entry in outcome.journal.entries:
            self.auditor.take(entry)
        self.watcher.take(outcome)
        for wallet in wallets:
            self.auditor.check(wallet)
        after = [picture(wallet) for wallet in wallets]
        check_noted(outcome, before, after)
        if size == 1:
            check_moved_nothing(outcome, before, settled, after)
        for result in outcome.results:
            if result.entry is not None and not result.replayed:
                due = self.shelf.wallets[result.command.reference].next_change_at
                assert due is None or due > result.entry.effective_at, "left something undone"

    def check_everything(self) -> None:
        """Audit every wallet with all that it ever had, and the double entry."""
        for wallet in self.shelf.wallets.values():
            self.auditor.check(wallet)
            self.auditor.check_closed(wallet, self.shelf.closed[wallet.id], self.shelf.ended[wallet.id])
        self.auditor.check_totals()
        self.watcher.check_refunds()

    def _named(self, command: Command) -> list[str]:
        names = (command.reference, getattr(command, "target", None))
        return [name for name in names if name in self.shelf.wallets]

    def _settled(self, wallets: list[Wallet], before: list[Any], now: datetime) -> list[Any] | None:
        """Return the wallets as time alone leaves them; None where finding out is left to another step."""
        at = max([now, *(wallet.last_effective_at or now for wallet in wallets)])
        if all(wallet.next_change_at is None or wallet.next_change_at > at for wallet in wallets):
            return before
        if self.moves.random.random() < 0.8:
            return None
        ids, copies = copy.copy(self.shelf.ids), copy.deepcopy(wallets)
        journal = Journal(now, lambda: f"{next(ids):08d}")
        for wallet in copies:
            settle(journal, wallet, at)
        return [picture(wallet) for wallet in copies]


def picture(wallet: Wallet) -> tuple[Any, ...]:
    """Return all of a wallet that a command could change."""
    grants = [tuple(getattr(grant, name) for name in GRANT) for grant in wallet.grants.values() if grant.is_open]
    holds = [
        (hold.id, hold.amount, hold.captured, hold.expires_at, sorted(hold.cover.items()))
        for hold in wallet.holds.values()
        if hold.status == "active"
    ]
    sums = (wallet.balance, wallet.held, wallet.debt, wallet.sequence, wallet.head_hash, wallet.status)
    return (*sums, wallet.next_change_at, wallet.last_effective_at, sorted(grants), sorted(holds))


GRANT = ("id", "remaining", "held", "refunded", "lost", "claimed", "amount")


def check_noted(run: Run, before: list[Any], after: list[Any]) -> None:
    """Check that the journal names every grant and hold that changed: the store writes no others."""
    journal = run.journal
    noted = {*journal.grants, *journal.new_grants, *journal.holds, *journal.new_holds, *journal.lost}
    was, now = rows_of(before), rows_of(after)
    assert {row for row in was.keys() | now.keys() if was.get(row) != now.get(row)} <= noted


def rows_of(pictures: list[Any]) -> dict[str, Any]:
    return {row[0]: row for *_, grants, holds in pictures for row in (*grants, *holds)}


def check_moved_nothing(run: Run, before: list[Any], settled: list[Any] | None, after: list[Any]) -> None:
    """Check that a replay wrote nothing, and a refusal at most what was due anyway."""
    (result,) = run.results
    if result.replayed:
        assert run.journal.entries == []
        assert after == before
    elif result.refusal is not None:
        assert all(entry.principal is None and entry.caused_by is None for entry in run.journal.entries)
        assert settled is None or after in (before, settled)
