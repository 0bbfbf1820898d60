"""Two ways to the same books: swept or not, one by one or as a batch, with or without what is used up."""

from collections import defaultdict
from dataclasses import fields, replace
from typing import Any

import pytest

from credits.engine import Run
from credits.engine.commands import Command
from credits.engine.state import Entry
from tests.credits.engine.shelf import Shelf
from tests.properties.moves import ONWARD, WALLETS, Moves

STEPS = 300
SEEDS = range(1_000, 1_040)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_posts_what_its_commands_post_one_by_one(seed):
    singly, together = Shelf(*WALLETS), Shelf(*WALLETS)
    moves = Moves(seed, singly)
    for _ in range(STEPS // 5):
        now = moves.tick()
        commands = [moves.draw() for _ in range(moves.random.randint(1, 9))]
        one_by_one = [row for command in commands for row in outcome_of(singly.run(now, command))]
        assert one_by_one == outcome_of(together.run(now, *commands))
    assert singly.entries == together.entries
    assert singly.wallets == together.wallets


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_used_up_need_not_be_loaded(seed):
    lean, full = Shelf(*WALLETS), Shelf(*WALLETS, keeps_all=True)
    moves, same_moves = Moves(seed, lean), Moves(seed, full)
    for _ in range(STEPS):
        now = moves.tick()
        assert same_moves.tick() == now
        command = moves.draw()
        assert same_moves.draw() == command
        assert outcome_of(lean.run(now, command)) == outcome_of(full.run(now, command))
    assert lean.entries == full.entries
    assert lean.posted_grants == full.posted_grants


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sweep_at_every_due_instant_changes_nothing(seed):
    lazy, swept = Shelf(*WALLETS), Shelf(*WALLETS)
    moves, names = Moves(seed, lazy, steps=ONWARD), Names(lazy, swept)
    for _ in range(STEPS):
        now = moves.tick()
        command = moves.draw()
        sweep(swept, now)
        (expected,) = outcome_of(lazy.run(now, command))
        (outcome,) = outcome_of(swept.run(now, names.translate(command)))
        assert outcome[:3] == expected[:3]
        names.learn()
    sweep(swept, moves.now)
    for reference in WALLETS:
        lazy.settle(reference, moves.now)
    names.learn()
    assert len(lazy.entries) == len(swept.entries)


def sweep(shelf: Shelf, now: Any) -> None:
    """Settle each wallet at each instant at which something is due, as a tireless worker does."""
    for wallet in shelf.wallets.values():
        while wallet.next_change_at is not None and wallet.next_change_at <= now:
            shelf.settle(wallet.reference, wallet.next_change_at)


def outcome_of(run: Run) -> list[tuple[Any, ...]]:
    """Return of each result: whether replayed, why refused, kind, and the entry."""
    return [
        (
            result.replayed,
            None if result.refusal is None else (result.refusal.code, result.refusal.detail),
            None if result.entry is None else result.entry.kind,
            None if result.entry is None else result.entry.id,
        )
        for result in run.results
    ]


class Names:
    """Which id of the one ledger is which of the other: entry by entry, by sequence."""

    def __init__(self, known: Shelf, other: Shelf) -> None:
        self.known, self.other = known, other
        self.ids: dict[str | None, str | None] = {None: None}
        self.learnt: dict[str, int] = defaultdict(int)

    def learn(self) -> None:
        """Compare what is new in both ledgers, and note the ids."""
        for reference in WALLETS:
            ours, theirs = self._new(self.known, reference), self._new(self.other, reference)
            for one, other in zip(ours, theirs, strict=False):
                self._pair(one, other)
            self.learnt[reference] += min(len(ours), len(theirs))

    def translate(self, command: Command) -> Command:
        """Return the same command for the other ledger."""
        named = [field.name for field in fields(command) if field.name in ("grant", "hold", "entry")]
        return replace(command, **{name: self._other_id(getattr(command, name)) for name in named})

    def _other_id(self, known: str) -> str | None:
        return self.ids.get(known, known)

    def _new(self, shelf: Shelf, reference: str) -> list[Entry]:
        return [entry for entry in shelf.entries if entry.reference == reference][self.learnt[reference] :]

    def _pair(self, one: Entry, other: Entry) -> None:
        self.ids[one.id] = other.id
        for known, name in zip(ids_of(one), ids_of(other), strict=True):
            assert self.ids.setdefault(known, name) == name
        assert sums_of(one) == sums_of(other)


def ids_of(entry: Entry) -> list[str | None]:
    return [entry.grant, entry.hold, entry.reverses, entry.caused_by, *(grant for grant, _ in entry.allocations)]


def sums_of(entry: Entry) -> tuple[Any, ...]:
    """Return all of an entry that must not depend on who looked when."""
    amounts = [amount for _, amount in entry.allocations]
    sums = (entry.amount, entry.held_change, entry.debt_change, entry.balance_after, entry.held_after, entry.debt_after)
    return (entry.sequence, entry.kind, entry.contra, *sums, entry.effective_at, entry.shortfall, amounts)
