"""Budgets stand guard over the ledger: asked under the wallets' locks, they count in the same transaction.

A budget counts what is consumed, and what a hold covers until it ends; all of a hold counts in the window in which it
was placed. What a reversal gives back stays counted. Captures, and what is taken after the work, are never refused.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from core import clock
from core.amounts import format_micros, to_micros
from core.rows import Query, Table
from credits.engine import State
from credits.engine import commands as c
from credits.engine.journal import Journal
from credits.engine.state import Entry, Hold, Wallet

from .alerts import tell_reached
from .counting import Counters, Limit, Scope
from .exceptions import BudgetExceeded
from .selectors.limits import lock_limits

PROBE = Query(Table("usage_budget", (("one", "bigint"),)), "SELECT 1 FROM usage_budget LIMIT 1", ())


class BudgetGuard:
    """The budgets that limit one run of commands, locked after its wallets and in the order of their ids."""

    def __init__(self, state: State, commands: Sequence[c.Command]) -> None:
        self._wallets = {wallet.id: wallet for wallet in state.wallets.values()}
        self._counters = Counters()
        self._counted = 0
        now = clock.now()
        begun = [(_scope_of_hold(hold), hold.placed_at) for w in self._wallets.values() for hold in w.holds.values()]
        begun += [(_scope(wallet, cmd), now) for cmd in commands if (wallet := state.wallets.get(cmd.reference))]
        self._limits = lock_limits({scope for scope, _ in begun}, {w.id: w.time_zone for w in self._wallets.values()})
        self._counters.load((limit, at) for scope, at in begun for limit in self._fitting(scope))

    @staticmethod
    def probe() -> Query:
        """Return the query that finds a row where there is any budget."""
        return PROBE

    def admit(self, journal: Journal, wallet: Wallet, command: c.Command, at: datetime) -> None:
        """Raise BudgetExceeded where a hard budget leaves less than the command may take."""
        if not self._limits:
            return
        self._count(journal)
        asked = _asked(wallet, command)
        scope, begun = _scope(wallet, command), at
        if isinstance(command, c.ExtendHold) and command.hold in wallet.holds:
            hold = wallet.holds[command.hold]
            scope, begun = _scope_of_hold(hold), hold.placed_at
        for limit in self._fitting(scope) if asked else ():
            self._refuse(limit, begun, asked)

    def write(self, journal: Journal) -> None:
        """Write what the run's entries count, and tell of budgets that were reached to 50, 80 or 100 percent."""
        if not self._limits:
            return
        self._count(journal)
        self._counters.write()
        tell_reached(self._limits, self._counters, journal.now)

    def _fitting(self, scope: Scope) -> Iterator[Limit]:
        return (limit for limit in self._limits if limit.fits(scope))

    def _refuse(self, limit: Limit, at: datetime, asked: int) -> None:
        consumed, held = self._counters.spent(limit, at)
        budget, most = limit.budget, to_micros(limit.budget.limit)
        if not budget.hard or consumed + held + asked <= most:
            return
        left = format_micros(max(0, most - consumed - held))
        raise BudgetExceeded(
            f"{format_micros(asked)} credits are required and the budget leaves {left}; ask for less, wait until the "
            "window changes, or have the budget raised.",
            budget=str(budget.pk),
            window=budget.window,
            limit=format_micros(most),
            consumed=format_micros(consumed),
            held=format_micros(held),
            required=format_micros(asked),
            resets_at=limit.window(at).changes_at,
        )

    def _count(self, journal: Journal) -> None:
        """Count the entries that were posted since the last time."""
        entries = journal.entries[self._counted :]
        self._counted = len(journal.entries)
        for entry in entries:
            consumed = -entry.amount if entry.kind == "consumed" else 0
            if consumed or entry.held_change:
                self._add(entry, consumed)

    def _add(self, entry: Entry, consumed: int) -> None:
        hold = self._wallets[entry.wallet_id].holds.get(entry.hold or "")
        at = entry.effective_at if hold is None else hold.placed_at
        scope = _scope_of_entry(entry) if hold is None else _scope_of_hold(hold)
        for limit in self._fitting(scope):
            # What was held before a budget was made is none of its business, neither then nor when it ends.
            if at >= limit.budget.created_at:
                self._counters.add(limit, at, consumed, entry.held_change)


def _asked(wallet: Wallet, command: c.Command) -> int:
    """Return how much a command wants to spend anew, in millionths; nothing if the work is done already."""
    if isinstance(command, c.PlaceHold | c.ExtendHold):
        return command.amount
    if not isinstance(command, c.Consume) or command.caused_by is not None:
        return 0
    if command.overage == "strict":
        return command.amount
    return 0 if command.principal == "internal" else min(command.amount, wallet.available)


def _scope(wallet: Wallet, command: c.Command) -> Scope:
    return _scope_with(wallet.id, command.actor, command.metadata)


def _scope_of_entry(entry: Entry) -> Scope:
    return _scope_with(entry.wallet_id, entry.actor, entry.metadata)


def _scope_of_hold(hold: Hold) -> Scope:
    return _scope_with(hold.wallet_id, hold.placed_by, hold.metadata)


def _scope_with(wallet: str, actor: str, metadata: str | None) -> Scope:
    """Return the scope of an amount: its metadata name the operation, and the key where our own code acts for one."""
    told = json.loads(metadata) if metadata else {}
    operation = told.get("operation")
    if not actor.startswith(("key:", "user:")):
        actor = str(told.get("api_key", ""))
    return Scope(wallet, actor, operation if isinstance(operation, str) else "")
