"""What sums don't tell: the instants of settling, the order of use, the order of reversal, the claims of a refund."""

from collections import defaultdict

from credits.engine import Result, Run
from credits.engine.commands import ClawBack
from credits.engine.state import Entry, Grant, Wallet
from tests.credits.engine.auditor import place_in_order
from tests.credits.engine.shelf import Shelf


class Watcher:
    """Follows every entry and keeps its own account of refunds and reversals."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.grants: dict[str, Grant] = {}
        self.returned: dict[tuple[str, str], int] = defaultdict(int)
        self.refunded: dict[str, int] = defaultdict(int)
        self.lost: dict[str, int] = defaultdict(int)
        self.claimed: dict[str, int] = defaultdict(int)
        self.claim = 0

    def take(self, run: Run) -> None:
        """Follow the entries of a run, then look at what its commands left."""
        self.grants.update(run.journal.new_grants)
        asked = {r.entry.id: r.command.amount for r in run.results if r.entry and isinstance(r.command, ClawBack)}
        hold_ends = {(e.wallet_id, e.effective_at) for e in run.journal.entries if e.kind == "hold_expired"}
        for entry in run.journal.entries:
            self._settled(entry, hold_ends)
            self._lose(entry, asked)
            if entry.kind == "reversed":
                self._return(entry)
            elif entry.kind in ("clawed_back", "debt_incurred"):
                self._claim(entry, asked)
            else:
                assert self.claim == 0, "a claim was neither taken nor owed"
        for result in run.results:
            check_result(result)
        if len(run.results) == 1:
            self._used_in_order(run)

    def head_of(self, grant: Grant) -> str | None:
        """Return the purchase whose refund is concerned when the grant ends: through all parents in its wallet."""
        if grant.source != "purchase":
            return None
        parent = self.grants.get(grant.parent or "")
        return grant.id if parent is None or parent.wallet_id != grant.wallet_id else self.head_of(parent)

    def check_refunds(self) -> None:
        """Compare what the grants say of their refunds with this account."""
        for grant in self.grants.values():
            ours = (self.refunded[grant.id], self.lost[grant.id], self.claimed[grant.id])
            assert (grant.refunded, grant.lost, grant.claimed) == ours, grant
            assert grant.refunded <= grant.amount
            assert grant.lost <= grant.amount

    def _settled(self, entry: Entry, hold_ends: set[tuple[str, object]]) -> None:
        if entry.caused_by is not None or entry.principal is not None:
            return
        if entry.kind == "hold_expired":
            assert self.shelf.posted_holds[str(entry.hold)].expires_at == entry.effective_at
            return
        grant = self.grants[str(entry.grant)]
        if entry.kind == "activated":
            assert grant.effective_at == entry.effective_at
        elif entry.kind == "rolled_over":
            assert self.grants[str(grant.parent)].expires_at == entry.effective_at
        elif entry.kind == "expired":
            late = (entry.wallet_id, entry.effective_at) in hold_ends
            assert grant.expires_at == entry.effective_at or (late and grant.has_ended(entry.effective_at))

    def _lose(self, entry: Entry, asked: dict[str, int]) -> None:
        if entry.kind in ("expired", "voided", "reset"):
            for part in entry.allocations:
                self._note(self.grants[part.grant], -part.amount)
        if entry.kind == "unscheduled" or (entry.kind == "voided" and not entry.allocations):
            grant = self.grants[str(entry.grant)]
            if entry.id in asked:
                self.refunded[str(self.head_of(grant))] += asked[entry.id]
            if grant.activated_at is None:
                self._note(grant, asked.get(entry.id, grant.amount))

    def _note(self, grant: Grant, amount: int) -> None:
        head = self.head_of(grant)
        if head is not None:
            self.lost[head] += amount

    def _claim(self, entry: Entry, asked: dict[str, int]) -> None:
        head = str(entry.grant)
        if entry.kind == "clawed_back":
            self.refunded[head] += asked[entry.id]
            self.claim = max(0, max(0, self.refunded[head] - self.lost[head]) - self.claimed[head])
            self.claimed[head] += self.claim
        self.claim -= entry.debt_change - entry.amount

    def _return(self, entry: Entry) -> None:
        consumption = self.shelf.by_id[str(entry.reverses)]
        taken = {part.grant: -part.amount for part in consumption.allocations}
        for part in entry.allocations:
            source = part.grant if part.grant in taken else str(self.grants[part.grant].parent)
            self.returned[consumption.id, source] += part.amount
        last_used_first = sorted(taken, key=lambda grant: place_in_order(self.grants[grant]), reverse=True)
        open_parts = [taken[grant] - self.returned[consumption.id, grant] for grant in last_used_first]
        assert min(open_parts) >= 0
        begun = [index for index, grant in enumerate(last_used_first) if self.returned[consumption.id, grant]]
        assert begun == list(range(len(begun)))
        assert not any(open_parts[: max(0, len(begun) - 1)])

    def _used_in_order(self, run: Run) -> None:
        entry = run.results[0].entry
        if entry is None or run.results[0].replayed:
            return
        wallet = self.shelf.wallets[entry.reference]
        if entry.kind == "held":
            cover = self.shelf.posted_holds[str(entry.hold)].cover
            check_order(wallet, [self.grants[grant] for grant in cover])
        elif entry.amount < 0 and entry.kind in ("consumed", "adjusted", "transferred") and entry.hold is None:
            check_order(wallet, [self.grants[part.grant] for part in entry.allocations])


def check_order(wallet: Wallet, used: list[Grant]) -> None:
    """Check that nothing free comes before the last of what was used."""
    free = [place_in_order(grant) for grant in wallet.grants.values() if grant.remaining > grant.held]
    assert not free or max(place_in_order(grant) for grant in used) <= min(free)


def check_result(result: Result) -> None:
    """Check that a command has a refusal or one principal entry, which says who asked, under which key."""
    assert (result.refusal is None) != (result.entry is None)
    if result.entry is not None:
        command = result.command
        assert result.entry.caused_by is None
        assert (result.entry.reference, result.entry.idempotency_key) == (command.reference, command.key)
        assert (result.entry.principal, result.entry.fingerprint) == (command.principal, command.fingerprint)
