"""Run a list of commands, one after the other, against wallets that the caller has locked and loaded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.amounts import format_micros
from core.exceptions import KeyReused
from core.problems import Problem

from ..exceptions import AlreadyInStatus, EntryNotFound, InsufficientCredits, WalletNotFound
from . import commands as c
from .bounds import refuse_out_of_bounds
from .granting import adjust, issue_grant, reset, transfer, void_grant
from .journal import Journal
from .returning import claw_back, forgive_debt, reverse_entry
from .settling import settle
from .spending import capture_hold, consume, extend_hold, place_hold, release_hold
from .state import Consumption, Entry, Wallet

KnownKey = tuple[str, str, str]
"""Wallet id, principal, idempotency key."""

Admit = Callable[[Journal, Wallet, c.Command, datetime], None]
"""Asked before a command runs on its settled wallet: it raises a Problem for one that must not."""


@dataclass(slots=True)
class State:
    """What was loaded after the lock: wallets by reference, entries by key, and the consumptions to be reversed.

    `is_guarded` tells that a room above limits what is spent.
    """

    wallets: dict[str, Wallet]
    known: dict[KnownKey, Entry] = field(default_factory=dict)
    consumptions: dict[str, Consumption] = field(default_factory=dict)
    is_guarded: bool = False


@dataclass(slots=True)
class Result:
    """What became of a command: its principal entry, whether that is a replay, or the refusal.

    `sequence` is the wallet's last entry when it refused.
    """

    command: c.Command
    entry: Entry | None = None
    target_entry: Entry | None = None
    replayed: bool = False
    refusal: Problem | None = None
    sequence: int = 0


@dataclass(slots=True)
class Run:
    """All results in the order of the commands, and the journal of what must be written."""

    results: list[Result]
    journal: Journal


def run(
    state: State,
    commands: Iterable[c.Command],
    now: datetime,
    new_id: Callable[[], str],
    also_settle: Iterable[str] = (),
    admit: Admit | None = None,
) -> Run:
    """Settle and run each command at its wallet's own max(clock, last effective instant); a refusal moves nothing.

    A replayed command is found before its wallet is settled and writes nothing.
    """
    journal = Journal(now, new_id)
    results = [_run_one(state, journal, command, admit) for command in commands]
    for reference in also_settle:
        if (wallet := state.wallets.get(reference)) is not None:
            settle(journal, wallet, _instant(journal, wallet))
    for wallet in journal.wallets.values():
        wallet.next_change_at = wallet.find_next_change()
    return Run(results, journal)


def _run_one(state: State, journal: Journal, command: c.Command, admit: Admit | None) -> Result:
    wallet = state.wallets.get(command.reference)
    try:
        if wallet is None:
            raise _unknown_wallet(command)
        known = _find_known(state, wallet, command)
        if known is not None:
            return Result(command, known, replayed=True)
        refuse_out_of_bounds(command)
        result = _dispatch(state, journal, wallet, command, admit)
    except Problem as refusal:
        return Result(command, refusal=refusal, sequence=wallet.sequence if wallet is not None else 0)
    if command.key is not None and result.entry is not None:
        state.known[wallet.id, command.principal, command.key] = result.entry
    return result


def _find_known(state: State, wallet: Wallet, command: c.Command) -> Entry | None:
    if command.key is None:
        return None
    known = state.known.get((wallet.id, command.principal, command.key))
    if known is not None and known.fingerprint != command.fingerprint:
        raise KeyReused("This key was used for another request; send a new request under a new key.")
    return known


def _dispatch(state: State, journal: Journal, wallet: Wallet, command: c.Command, admit: Admit | None) -> Result:
    if isinstance(command, c.Transfer):
        return _transfer(state, journal, wallet, command)
    at = _instant(journal, wallet)
    settle(journal, wallet, at)
    if admit is not None:
        admit(journal, wallet, command, at)
    if isinstance(command, c.ReverseEntry):
        consumption = state.consumptions.get(command.entry)
        if consumption is None or consumption.reference != wallet.reference:
            raise EntryNotFound("The wallet has no such entry; list its entries to find the id.")
        entry = reverse_entry(journal, wallet, command, at, consumption)
        state.consumptions[command.entry] = consumption._replace(reversed=consumption.reversed + entry.amount)
        return Result(command, entry)
    return Result(command, OPERATIONS[type(command)](journal, wallet, command, at))


def _transfer(state: State, journal: Journal, source: Wallet, command: c.Transfer) -> Result:
    target = state.wallets.get(command.target)
    if target is None:
        settle(journal, source, _instant(journal, source))
        raise WalletNotFound(f"There is no wallet {command.target}; open it first, or check the reference.")
    at = max(_instant(journal, source), _instant(journal, target))
    settle(journal, source, at)
    settle(journal, target, at)
    out, into = transfer(journal, source, target, command, at)
    return Result(command, out, into)


def _instant(journal: Journal, wallet: Wallet) -> datetime:
    return max(journal.now, wallet.last_effective_at or journal.now)


def _unknown_wallet(command: c.Command) -> Problem:
    if isinstance(command, c.Consume | c.PlaceHold):
        return InsufficientCredits(
            f"There is no wallet {command.reference} yet, so nothing is available; a grant opens it.",
            required=format_micros(command.amount),
            available="0",
            held="0",
            balance="0",
            expiring=[],
        )
    return WalletNotFound(f"There is no wallet {command.reference}; open it first, or check the reference.")


def _freeze(journal: Journal, wallet: Wallet, command: c.Freeze, at: datetime) -> Entry:
    return _set_status(journal, wallet, command, at, "frozen", "frozen")


def _unfreeze(journal: Journal, wallet: Wallet, command: c.Unfreeze, at: datetime) -> Entry:
    return _set_status(journal, wallet, command, at, "active", "unfrozen")


def _set_status(journal: Journal, wallet: Wallet, command: c.Command, at: datetime, status: str, kind: str) -> Entry:
    if wallet.status == status:
        raise AlreadyInStatus(f"The wallet is {status} already; nothing is left to do.", wallet_status=status)
    wallet.status = status
    return journal.post(wallet, kind, at, command=command)


OPERATIONS: dict[type[c.Command], Callable[[Journal, Wallet, Any, datetime], Entry]] = {
    c.IssueGrant: issue_grant,
    c.Consume: consume,
    c.PlaceHold: place_hold,
    c.CaptureHold: capture_hold,
    c.ReleaseHold: release_hold,
    c.ExtendHold: extend_hold,
    c.VoidGrant: void_grant,
    c.Adjust: adjust,
    c.Reset: reset,
    c.ClawBack: claw_back,
    c.ForgiveDebt: forgive_debt,
    c.Freeze: _freeze,
    c.Unfreeze: _unfreeze,
}
