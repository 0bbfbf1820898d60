"""Re-adds the books from the entries alone, without any code of the engine, and compares them with its state."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from credits.engine.state import Entry, Grant, Hold, Wallet

LARGEST = 10**15
FAR = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass
class Tally:
    """What the entries of one wallet add up to."""

    balance: int = 0
    held: int = 0
    debt: int = 0
    sequence: int = 0
    head: str = ""
    last: datetime | None = None
    grants: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    holds: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Auditor:
    """Takes entries as they are posted; every `check_` raises AssertionError where engine and entries differ."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.contra: dict[str, int] = defaultdict(int)

    def take(self, entry: Entry) -> None:
        """Add an entry, and check all that it says about itself."""
        tally = self.tallies[entry.wallet_id]
        tally.sequence += 1
        tally.balance += entry.amount
        tally.held += entry.held_change
        tally.debt += entry.debt_change
        assert entry.sequence == tally.sequence
        assert (entry.balance_after, entry.held_after, entry.debt_after) == (tally.balance, tally.held, tally.debt)
        assert tally.last is None or tally.last <= entry.effective_at
        assert sum(amount for _, amount in entry.allocations) == entry.amount
        assert len({grant for grant, _ in entry.allocations}) == len(entry.allocations)
        assert (entry.contra is None) == (entry.amount == 0 and entry.kind not in ("reset", "voided", "clawed_back"))
        assert entry.amount or entry.kind not in ("issued", "activated", "consumed", "reversed", "expired", "adjusted")
        for grant, amount in entry.allocations:
            assert amount
            tally.grants[grant] += amount
        if entry.hold is not None:
            tally.holds[entry.hold] += entry.held_change
        if entry.contra is not None:
            self.contra[entry.contra] -= entry.amount
        assert entry.hash == hash_of(entry, tally.head)
        tally.head, tally.last = entry.hash, entry.effective_at

    def check(self, wallet: Wallet) -> None:
        """Compare a wallet, its loaded grants and its active holds with what its entries add up to."""
        tally = self.tallies[wallet.id]
        assert (wallet.balance, wallet.held, wallet.debt) == (tally.balance, tally.held, tally.debt)
        assert (wallet.sequence, wallet.head_hash, wallet.last_effective_at) == (tally.sequence, tally.head, tally.last)
        assert 0 <= wallet.held <= wallet.balance <= LARGEST
        assert wallet.debt >= 0
        cover = self._check_holds(wallet, tally)
        remaining = held = pending = 0
        for grant in wallet.grants.values():
            check_grant(grant, tally)
            assert grant.held == cover.pop(grant.id, 0)
            remaining += grant.remaining
            held += grant.held
            if grant.activated_at is None and grant.voided_at is None:
                pending += grant.amount
                assert grant.remaining == 0
            if wallet.debt and grant.source == "purchase":
                assert grant.remaining == grant.held, "debt beside free purchased credits"
        assert not cover
        assert (wallet.balance, wallet.held) == (remaining, held)
        assert wallet.balance + pending <= LARGEST
        assert wallet.next_change_at == next_change_of(wallet)

    def _check_holds(self, wallet: Wallet, tally: Tally) -> dict[str, int]:
        cover: dict[str, int] = defaultdict(int)
        for hold in wallet.holds.values():
            check_hold(hold, tally)
            for grant, amount in hold.cover.items():
                cover[grant] += amount
        return cover

    def check_closed(self, wallet: Wallet, grants: dict[str, Grant], holds: dict[str, Hold]) -> None:
        """Compare what is no longer loaded: used grants hold nothing, ended holds cover nothing."""
        tally = self.tallies[wallet.id]
        for grant in grants.values():
            check_grant(grant, tally)
            assert grant.remaining == 0
        for hold in holds.values():
            check_hold(hold, tally)
            assert hold.status != "active"

    def check_totals(self) -> None:
        """Check that all wallets and all contra accounts are zero together, and transfers alone."""
        assert sum(tally.balance for tally in self.tallies.values()) + sum(self.contra.values()) == 0
        assert self.contra["transfers"] == 0


def check_grant(grant: Grant, tally: Tally) -> None:
    assert 0 <= grant.held <= grant.remaining <= grant.amount <= LARGEST
    assert grant.remaining == tally.grants[grant.id]
    assert grant.expires_at is None or grant.effective_at < grant.expires_at
    assert grant.voided_at is None or grant.remaining == 0


def check_hold(hold: Hold, tally: Tally) -> None:
    covered = sum(hold.cover.values())
    assert covered == tally.holds[hold.id]
    assert all(amount > 0 for amount in hold.cover.values())
    assert (hold.status == "active") == (hold.ended_at is None)
    assert hold.status == "active" or covered == 0
    assert hold.captured >= 0
    assert hold.amount > 0


def next_change_of(wallet: Wallet) -> datetime | None:
    """Return the earliest instant at which something is due, by going through everything."""
    due = {hold.expires_at for hold in wallet.holds.values() if hold.status == "active"}
    for grant in wallet.grants.values():
        if grant.activated_at is None and grant.voided_at is None:
            due.add(grant.effective_at)
        elif grant.expires_at and grant.remaining - grant.held:
            due.add(grant.expires_at)
    return min(due) if due else None


def place_in_order(grant: Grant) -> tuple[int, datetime, int, datetime, str]:
    """Return where a grant stands in the order of use (ledger, section 3)."""
    paid = 1 if grant.source == "purchase" else 0
    return grant.priority, grant.expires_at or FAR, paid, grant.effective_at, grant.id


def hash_of(entry: Entry, previous: str) -> str:
    """Return the hash of an entry by version 1 of the formula, written out once more."""
    row = list(entry[:24])
    row[12], row[13] = (instant.isoformat(timespec="microseconds") for instant in row[12:14])
    row += [entry.text_hash, entry.terms, sorted([grant, amount] for grant, amount in entry.allocations)]
    text = json.dumps([1, previous, *row], separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
