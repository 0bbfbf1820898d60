"""The one place where an entry is made: it moves the wallet's running sums, links the chain and notes what changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import chain
from .commands import Command
from .kinds import contra_of
from .state import Allocation, Entry, Grant, Hold, Rollover, Wallet


@dataclass(slots=True)
class Journal:
    """What a run of commands posts, in order, and which rows it leaves changed."""

    now: datetime
    new_id: Callable[[], str]
    entries: list[Entry] = field(default_factory=list)
    wallets: dict[str, Wallet] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    new_grants: dict[str, Grant] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    new_holds: dict[str, Hold] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)

    def post(
        self,
        wallet: Wallet,
        kind: str,
        at: datetime,
        *,
        command: Command | None = None,
        cause: Entry | None = None,
        amount: int = 0,
        held_change: int = 0,
        debt_change: int = 0,
        allocations: Iterable[Allocation] = (),
        grant: Grant | None = None,
        hold: Hold | None = None,
        reverses: str | None = None,
        shortfall: int = 0,
        terms: str | None = None,
    ) -> Entry:
        """Post an entry effective at `at`; the principal entry of `command` carries its key, others their `cause`."""
        _advance(wallet, at, amount, held_change, debt_change)
        self.wallets[wallet.id] = wallet
        moved = tuple(allocations)
        contra = contra_of(kind, grant.source if grant is not None else None)
        principal = command if cause is None else None
        fields: list[Any] = [
            *(self.new_id(), wallet.id, wallet.reference, wallet.sequence, kind, contra),
            *(amount, held_change, debt_change, wallet.balance, wallet.held, wallet.debt),
            *(chain.stamp(at), chain.stamp(self.now)),
            *_identity(principal),
            *(_cause_of(cause, command), _id_of(grant), _id_of(hold), reverses, shortfall),
            command.actor if command is not None else "system",
            *_texts(principal),
            terms,
        ]
        wallet.head_hash = chain.entry_hash(wallet.head_hash, _hashed(fields), moved)
        fields[12], fields[13] = at, self.now
        entry = Entry._make([*fields, wallet.head_hash, chain.HASH_VERSION, moved])
        self.entries.append(entry)
        return entry

    def add_grant(self, wallet: Wallet, grant: Grant) -> Grant:
        """Take a new grant into the wallet; the entry posted next is the one that issues it."""
        wallet.grants[grant.id] = grant
        self.new_grants[grant.id] = grant
        return grant

    def add_hold(self, wallet: Wallet, hold: Hold) -> Hold:
        """Take a new hold into the wallet."""
        wallet.holds[hold.id] = hold
        self.new_holds[hold.id] = hold
        return hold

    def move(self, grant: Grant, amount: int) -> Allocation:
        """Put credits into a grant, or take them from it, and return the allocation that says so."""
        grant.remaining += amount
        self.grants[grant.id] = grant
        return Allocation(grant.id, amount)

    def lose(self, wallet: Wallet, grant: Grant, amount: int) -> None:
        """Note that `amount` of a purchase, or of what descends from it, ended unused: a refund won't claim it."""
        head = grant.origin or (grant.id if grant.is_purchased else None)
        if head is None or amount == 0:
            return
        known = wallet.grants.get(head)
        if known is None:
            self.lost[head] = self.lost.get(head, 0) + amount
        else:
            known.lost += amount
            self.grants[head] = known


def grant_terms(*grants: Grant) -> str:
    """Return the terms of the grants that an entry posts, as its hash covers them."""
    return chain.canonical([_grant_terms(grant) for grant in grants])


def hold_terms(hold: Hold) -> str:
    """Return the terms of a hold as the entry that placed or extended it covers them."""
    return chain.canonical([hold.id, hold.amount, chain.stamp(hold.expires_at), hold.placed_by, hold.basis])


def rollover_terms(rule: Rollover | None) -> list[int | None] | None:
    """Return a rollover rule as a list: amount, percent, days, times."""
    return None if rule is None else [rule.amount, rule.percent, rule.days, rule.times]


def _advance(wallet: Wallet, at: datetime, amount: int, held_change: int, debt_change: int) -> None:
    wallet.sequence += 1
    wallet.balance += amount
    wallet.held += held_change
    wallet.debt += debt_change
    wallet.last_effective_at = at


def _id_of(row: Entry | Grant | Hold | None) -> str | None:
    return None if row is None else row.id


def _cause_of(cause: Entry | None, command: Command | None) -> str | None:
    """Return the entry that this one follows from: one of the same run, or the one that the command corrects."""
    if cause is not None:
        return cause.id
    return None if command is None else command.caused_by


def _grant_terms(grant: Grant) -> list[Any]:
    return [
        grant.id,
        grant.amount,
        grant.source,
        grant.priority,
        chain.stamp(grant.effective_at),
        None if grant.expires_at is None else chain.stamp(grant.expires_at),
        rollover_terms(grant.rollover),
        grant.parent,
        grant.origin,
        grant.cost_minor,
        grant.currency,
    ]


def _identity(command: Command | None) -> tuple[str | None, ...]:
    if command is None:
        return (None, None, None, None)
    return (command.key, command.principal, command.fingerprint, command.request_id)


def _texts(command: Command | None) -> tuple[str | None, ...]:
    if command is None or (command.description is None and command.metadata is None):
        return (None, None, None, None)
    salt = command.salt or ""
    return (command.description, command.metadata, salt, chain.text_hash(salt, command.description, command.metadata))


def _hashed(fields: list[Any]) -> list[Any]:
    """Return the fields that the hash covers: all but the texts and their salt, for which their hash stands."""
    return [*fields[:24], *fields[27:]]
