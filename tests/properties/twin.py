"""One random sequence run twice: by the engine in memory and by the services on the database, compared at each step."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import time_machine

from core.amounts import to_micros
from core.problems import Problem
from credits import services, store
from credits.engine import Result
from credits.engine.commands import CaptureHold, Command, ExtendHold, ReleaseHold
from credits.engine.journal import rollover_terms
from credits.engine.state import Allocation, Entry
from credits.models import Grant, GrantAllocation, Hold, HoldCover, LedgerEntry, Wallet
from tests.credits.asking import ask
from tests.credits.engine.auditor import Auditor
from tests.credits.engine.shelf import Shelf
from tests.properties.moves import WALLETS, Moves

NAMED = ("grant", "entry", "hold")
WALLET = ("status", "balance", "held", "debt", "sequence", "last_effective_at", "next_change_at")
GRANT = (
    *("wallet_id", "sequence", "amount", "source", "effective_at", "priority", "expires_at", "rollover", "parent"),
    *("origin", "cost_minor", "currency", "description", "metadata", "remaining", "held", "activated_at", "voided_at"),
    *("refunded", "lost", "claimed", "is_open"),
)
HOLD = ("wallet_id", "amount", "placed_by", "placed_at", "expires_at", "basis", "captured", "status", "ended_at")
AMOUNTS = {"balance", "held", "debt", "amount", "remaining", "refunded", "lost", "claimed", "captured", "shortfall"}
AMOUNTS |= {"held_change", "debt_change", "balance_after", "held_after", "debt_after"}


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
        assert self._wallets_of_shelf() == read_wallets()
        grants = {self.ids[g.id]: self._grant(g) for name in WALLETS for g in self.shelf.grants_of(name)}
        assert grants == read_grants()
        found = [*(w.holds for w in self.shelf.wallets.values()), *self.shelf.ended.values()]
        holds = {self.ids[hold.id]: self._hold(hold) for shelf in found for hold in shelf.values()}
        assert holds == read_holds()

    def _wallets_of_shelf(self) -> dict[str, list[Any]]:
        return {wallet.reference: [getattr(wallet, name) for name in WALLET] for wallet in self.shelf.wallets.values()}

    def _grant(self, grant: Any) -> list[Any]:
        row = {name: getattr(grant, name) for name in GRANT}
        row |= {name: self.ids.get(row[name]) for name in ("wallet_id", "parent", "origin")}
        return [*(row | {"rollover": rollover_terms(grant.rollover)}).values()]

    def _hold(self, hold: Any) -> list[Any]:
        row = {name: getattr(hold, name) for name in HOLD} | {"wallet_id": self.ids[hold.wallet_id]}
        return [*row.values(), sorted((self.ids[grant], amount) for grant, amount in hold.cover.items())]


def read_wallets() -> dict[str, list[Any]]:
    """Return the wallets of the database in the units of the engine."""
    return {wallet.reference: values_of(wallet, WALLET) for wallet in Wallet.objects.all()}


def read_grants() -> dict[str, list[Any]]:
    names = [{"parent": "parent_id", "origin": "origin_id"}.get(name, name) for name in GRANT]
    return {str(grant.pk): values_of(grant, names) for grant in Grant.objects.all()}


def read_holds() -> dict[str, list[Any]]:
    covers: dict[str, list[tuple[str, int]]] = {}
    for cover in HoldCover.objects.all():
        covers.setdefault(str(cover.hold_id), []).append((str(cover.grant_id), to_micros(cover.amount)))
    return {str(hold.pk): [*values_of(hold, HOLD), sorted(covers.get(str(hold.pk), []))] for hold in Hold.objects.all()}


def read_entries(after: str | None = None) -> list[Entry]:
    """Return the entries of the database, in the order of posting, as the engine has them."""
    queryset = LedgerEntry.objects.select_related("wallet").order_by("id")
    rows = list(queryset if after is None else queryset.filter(id__gt=after))
    moved: dict[str, list[tuple[str, int]]] = {}
    for part in GrantAllocation.objects.filter(entry__in=rows).order_by("id"):
        moved.setdefault(str(part.entry_id), []).append((str(part.grant_id), to_micros(part.amount)))
    return [_entry(row, moved.get(str(row.pk), [])) for row in rows]


def _entry(row: LedgerEntry, moved: list[tuple[str, int]]) -> Entry:
    columns = {"caused_by": "caused_by_id", "grant": "grant_id", "hold": "hold_id", "reverses": "reverses_id"}
    names = [columns.get(name, name) for name in Entry._fields if name not in ("reference", "allocations")]
    values = dict(zip(names, values_of(row, names), strict=True))
    fields = {name: values[columns.get(name, name)] for name in Entry._fields if columns.get(name, name) in values}
    parts: Any = tuple(Allocation(*part) for part in moved)
    return Entry(reference=row.wallet.reference, allocations=parts, **fields)


def values_of(row: Any, names: Any) -> list[Any]:
    """Return attributes of a model in the units of the engine: millionths, ids as texts."""
    return [_value(name, getattr(row, name)) for name in names]


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in AMOUNTS:
        return to_micros(value)
    return str(value) if name == "id" or name.endswith("_id") else value


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
