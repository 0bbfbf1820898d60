"""One random sequence run twice: by the engine in memory and by the services on the database, compared at each step."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import time_machine

from core.problems import Problem
from credits import services, store
from credits.engine import Result
from credits.engine.commands import CaptureHold, Command, ExtendHold, ReleaseHold
from credits.engine.state import Entry, Hold
from tests.credits.asking import ask
from tests.credits.books import read_entries, read_wallets
from tests.credits.engine.auditor import Auditor
from tests.credits.engine.shelf import Shelf
from tests.properties.moves import WALLETS, Moves

NAMED = ("grant", "entry", "hold")
WALLET = ("status", "balance", "held", "debt", "sequence", "last_effective_at", "next_change_at")


class Twin:
    """A shelf and a database that must never differ. Ids differ: `ids` has the database's for each of the shelf's."""

    def __init__(self, seed: int) -> None:
        self.shelf = Shelf(*WALLETS)
        self.moves = Moves(seed, self.shelf)
        self.auditor = Auditor()
        self.ids: dict[str, str] = {}
        self.entries: list[Entry] = []
        with time_machine.travel(self.moves.now, tick=False):
            for reference in WALLETS:
                wallet, _ = services.open_wallet(reference=reference)
                self.ids[f"wallet-{reference}"] = str(wallet.pk)

    def run(self, operations: int) -> None:
        """Run so many commands, one in ten times some as one batch, and compare after each step."""
        done = 0
        while done < operations:
            size = 1 if self.moves.random.random() < 0.9 else self.moves.random.randint(2, 6)
            self.step(size)
            done += size

    def step(self, size: int) -> None:
        """Run some commands at one reading of the clock on both sides."""
        now = self.moves.tick()
        commands = [self.moves.draw() for _ in range(size)]
        ours = [self._translate(command) for command in commands]
        with time_machine.travel(now, tick=False):
            answers = [_post(ours[0])] if size == 1 and _has_service(ours[0]) else store.execute(ours).results
        results = self.shelf.run(now, *commands).results
        self._match_new_entries()
        for command, result, answer in zip(commands, results, answers, strict=True):
            assert _verdict(answer) == _verdict(result), command
        self._compare()

    def _translate(self, command: Command) -> Command:
        named = {name: getattr(command, name) for name in NAMED if hasattr(command, name)}
        return replace(command, **{name: self.ids.setdefault(value, str(uuid4())) for name, value in named.items()})

    def _match_new_entries(self) -> None:
        """Pair what both sides posted in this step, in the order of posting, and learn the ids."""
        found = read_entries(after=self.entries[-1].id if self.entries else None)
        expected = self.shelf.entries[len(self.entries) :]
        assert [entry.kind for entry in found] == [entry.kind for entry in expected]
        for ours, theirs in zip(found, expected, strict=True):
            self.auditor.take(ours)
            self._learn(ours, theirs)
            assert self._comparable(ours) == self._mapped(theirs)
        self.entries += found

    def _learn(self, ours: Entry, theirs: Entry) -> None:
        pairs = [(theirs.id, ours.id), (theirs.grant, ours.grant), (theirs.hold, ours.hold)]
        pairs += [(b.grant, a.grant) for a, b in zip(ours.allocations, theirs.allocations, strict=True)]
        for shelf_id, id_ in pairs:
            assert (shelf_id is None) == (id_ is None)
            if shelf_id is not None and id_ is not None:
                assert self.ids.setdefault(shelf_id, id_) == id_

    def _mapped(self, entry: Entry) -> list[Any]:
        names = ("wallet_id", "grant", "hold", "caused_by", "reverses")
        ids = {name: self.ids.get(getattr(entry, name)) for name in names}
        moved = tuple((self.ids[part.grant], part.amount) for part in entry.allocations)
        terms = entry.terms and re.sub(r"\b\d{8}\b", lambda match: self.ids[match[0]], entry.terms)
        return self._comparable(entry._replace(id=self.ids[entry.id], allocations=moved, terms=terms, **ids))

    def _comparable(self, entry: Entry) -> list[Any]:
        """Return what must be equal; hash and fingerprint cover ids, and the auditor has seen the hash."""
        fields = entry._replace(hash="", fingerprint=entry.fingerprint and "some")
        return [fields[:-1], sorted(entry.allocations)]

    def _compare(self) -> None:
        ours, theirs = read_wallets(), self.shelf.wallets
        assert ours.keys() == theirs.keys()
        for reference, wallet in theirs.items():
            assert [getattr(ours[reference], name) for name in WALLET] == [getattr(wallet, name) for name in WALLET]
            grants = [self._in_our_ids(grant, "parent", "origin") for grant in self.shelf.grants_of(reference)]
            assert list(ours[reference].grants.values()) == grants
            holds = [*wallet.holds.values(), *self.shelf.ended[wallet.id].values()]
            assert ours[reference].holds == {self.ids[hold.id]: self._hold(hold) for hold in holds}

    def _in_our_ids(self, thing: Any, *names: str) -> Any:
        """Return a grant or hold with the database's ids."""
        return replace(thing, **{name: self.ids.get(getattr(thing, name)) for name in ("id", "wallet_id", *names)})

    def _hold(self, hold: Hold) -> Hold:
        cover = {self.ids[grant]: amount for grant, amount in hold.cover.items()}
        return replace(self._in_our_ids(hold), cover=cover)


def _has_service(command: Command) -> bool:
    """Tell whether a service can say all that the command says: some take no description."""
    return command.description is None or not isinstance(command, CaptureHold | ReleaseHold | ExtendHold)


def _post(command: Command) -> Any:
    try:
        return ask(command)
    except Problem as problem:
        if problem.status == 404:
            # A service that finds no such object knows no wallet that it could settle.
            services.settle_wallets([command.reference])
        return Result(command, refusal=problem)


def _verdict(answer: Any) -> tuple[Any, ...]:
    """Return the code of a refusal, or what was posted and whether it was a replay."""
    refusal = getattr(answer, "refusal", None)
    if refusal is not None:
        return (refusal.code,)
    return (answer.entry.kind, answer.entry.sequence, answer.entry.amount, answer.replayed)
