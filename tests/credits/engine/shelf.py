"""A store in memory: loads what the commands name and what is open, keeps what a run posts, as the real store does."""

import itertools
from collections import defaultdict
from datetime import datetime

from credits.engine import Run, State, run
from credits.engine.commands import Command, ReverseEntry
from credits.engine.journal import Journal
from credits.engine.state import Consumption, Entry, Grant, Hold, Wallet


class Shelf:
    """Wallets, and all that was ever posted to them. With `keeps_all`, grants that are used up stay loaded."""

    def __init__(self, *references: str, keeps_all: bool = False) -> None:
        self.ids = itertools.count(1)
        self.keeps_all = keeps_all
        self.wallets = {reference: Wallet(f"wallet-{reference}", reference) for reference in references}
        self.entries: list[Entry] = []
        self.by_id: dict[str, Entry] = {}
        self.posted_grants: dict[str, Grant] = {}
        self.posted_holds: dict[str, Hold] = {}
        self.known: dict[tuple[str, str, str], Entry] = {}
        self.reversed: dict[str, int] = defaultdict(int)
        self.closed: dict[str, dict[str, Grant]] = {wallet.id: {} for wallet in self.wallets.values()}
        self.ended: dict[str, dict[str, Hold]] = {wallet.id: {} for wallet in self.wallets.values()}

    def new_id(self) -> str:
        return f"{next(self.ids):08d}"

    def run(self, now: datetime, *commands: Command) -> Run:
        """Load, run, keep."""
        for command in commands:
            self._load_named(command)
        consumptions = {c.entry: self._consumption(c.entry) for c in commands if isinstance(c, ReverseEntry)}
        found = {entry_id: known for entry_id, known in consumptions.items() if known is not None}
        outcome = run(State(self.wallets, self.known, found), commands, now, self.new_id)
        self._keep(outcome.journal)
        return outcome

    def settle(self, reference: str, now: datetime) -> Journal:
        """Settle one wallet and do nothing else, as a sweep or a read does."""
        outcome = run(State(self.wallets), (), now, self.new_id, also_settle=[reference])
        self._keep(outcome.journal)
        return outcome.journal

    def grants_of(self, reference: str) -> list[Grant]:
        """Return every grant that the wallet ever had, oldest first."""
        wallet = self.wallets[reference].id
        return [grant for grant in self.posted_grants.values() if grant.wallet_id == wallet]

    def _load_named(self, command: Command) -> None:
        wallet = self.wallets.get(command.reference)
        if wallet is None:
            return
        grants, holds = [getattr(command, "grant", None)], getattr(command, "hold", None)
        if isinstance(command, ReverseEntry) and command.entry in self.by_id:
            grants += [part.grant for part in self.by_id[command.entry].allocations]
        for grant_id in grants:
            if grant_id in self.closed[wallet.id]:
                wallet.grants[grant_id] = self.closed[wallet.id].pop(grant_id)
        if holds in self.ended[wallet.id]:
            wallet.holds[holds] = self.ended[wallet.id].pop(holds)

    def _consumption(self, entry_id: str) -> Consumption | None:
        entry = self.by_id.get(entry_id)
        if entry is None:
            return None
        back = self.reversed[entry_id]
        return Consumption(entry.id, entry.reference, entry.kind, entry.amount, back, entry.allocations)

    def _keep(self, journal: Journal) -> None:
        self.posted_grants.update(journal.new_grants)
        self.posted_holds.update(journal.new_holds)
        for entry in journal.entries:
            self.entries.append(entry)
            self.by_id[entry.id] = entry
            if entry.kind == "reversed" and entry.reverses is not None:
                self.reversed[entry.reverses] += entry.amount
        for head, lost in journal.lost.items():
            self.posted_grants[head].lost += lost
        if not self.keeps_all:
            for wallet in self.wallets.values():
                self._unload(wallet)

    def _unload(self, wallet: Wallet) -> None:
        for grant in [grant for grant in wallet.grants.values() if not grant.is_open]:
            self.closed[wallet.id][grant.id] = wallet.grants.pop(grant.id)
        for hold in [hold for hold in wallet.holds.values() if hold.status != "active"]:
            self.ended[wallet.id][hold.id] = wallet.holds.pop(hold.id)
