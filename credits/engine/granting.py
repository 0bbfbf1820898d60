"""Credits that come and go by decision: issue, void, adjust, reset, transfer."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.amounts import format_micros

from ..exceptions import BalanceTooLarge, GrantNotFound, GrantNotVoidable, InvalidOperation, SameWallet
from .commands import Adjust, Command, IssueGrant, Reset, Transfer, VoidGrant
from .journal import Journal, grant_terms
from .settling import close_freed
from .spending import refuse_frozen, refuse_insufficient, take_in_order
from .state import MAX_AMOUNT, Entry, Grant, Wallet, order_of_use

# The life of what comes so late that it is over: the next settling posts its end.
MOMENT = timedelta(microseconds=1)


def issue_grant(journal: Journal, wallet: Wallet, command: IssueGrant, at: datetime) -> Entry:
    """Add a grant now, or schedule it for its `effective_at`; raise if its dates or the balance don't allow it."""
    refuse_too_large(wallet, command.amount)
    grant = _grant_of(journal, wallet, command, at)
    terms = grant_terms(journal.add_grant(wallet, grant))
    if grant.effective_at > at:
        return journal.post(wallet, "scheduled", at, command=command, grant=grant, terms=terms)
    entry = _post_issued(journal, wallet, grant, at, command, "issued", terms)
    close_freed(journal, wallet, at, command, entry)
    return entry


def void_grant(journal: Journal, wallet: Wallet, command: VoidGrant, at: datetime) -> Entry:
    """Take back what a grant has left, or cancel it before it begins; what is reversed into it later goes at once."""
    grant = find_grant(wallet, command.grant)
    if grant.voided_at is not None:
        raise GrantNotVoidable("The grant was voided already; nothing is left to void.", grant=grant.id)
    if grant.has_ended(at):
        raise GrantNotVoidable("The grant has ended and holds no credits; nothing is left to void.", grant=grant.id)
    if grant.held:
        raise GrantNotVoidable(
            f"The grant covers {format_micros(grant.held)} of active holds; capture or release them first.",
            grant=grant.id,
            held=format_micros(grant.held),
        )
    rest = grant.remaining
    journal.lose(wallet, grant, grant.amount if grant.is_scheduled else rest)
    grant.voided_at = at
    moved = [journal.move(grant, -rest)] if rest else []
    journal.grants[grant.id] = grant
    return journal.post(wallet, "voided", at, command=command, amount=-rest, allocations=moved, grant=grant)


def adjust(journal: Journal, wallet: Wallet, command: Adjust, at: datetime) -> Entry:
    """Add a grant with source adjustment, or take credits in order of use; raise when too few are free."""
    if command.amount > 0:
        refuse_too_large(wallet, command.amount)
        grant = _grant_of(journal, wallet, command, at)
        terms = grant_terms(journal.add_grant(wallet, grant))
        return _post_issued(journal, wallet, grant, at, command, "adjusted", terms)
    refuse_insufficient(wallet, -command.amount)
    moved = take_in_order(journal, wallet, -command.amount)
    return journal.post(wallet, "adjusted", at, command=command, amount=command.amount, allocations=moved)


def reset(journal: Journal, wallet: Wallet, command: Reset, at: datetime) -> Entry:
    """Take all uncovered credits and cancel scheduled grants; debt stays."""
    for grant in wallet.in_order_of_use():
        journal.lose(wallet, grant, grant.uncovered)
    free = wallet.available
    moved = take_in_order(journal, wallet, free)
    entry = journal.post(wallet, "reset", at, command=command, amount=-free, allocations=moved)
    pending = [grant for grant in wallet.grants.values() if grant.is_scheduled]
    for grant in sorted(pending, key=order_of_use):
        cancel_scheduled(journal, wallet, grant, grant.amount, at)
        journal.post(wallet, "unscheduled", at, command=command, cause=entry, grant=grant)
    return entry


def transfer(journal: Journal, source: Wallet, target: Wallet, command: Transfer, at: datetime) -> tuple[Entry, Entry]:
    """Move uncovered credits to another wallet; each part keeps source, priority, expiry, rollover and its cost."""
    if source.id == target.id:
        raise SameWallet("Name another wallet as the target.")
    refuse_frozen(source)
    refuse_insufficient(source, command.amount)
    refuse_too_large(target, command.amount)
    taken = take_in_order(journal, source, command.amount)
    out = journal.post(source, "transferred", at, command=command, amount=-command.amount, allocations=taken)
    parts = [_transferred_part(journal, target, source.grants[part.grant], -part.amount, at) for part in taken]
    moved = [journal.move(journal.add_grant(target, part), part.amount) for part in parts]
    into = journal.post(
        target,
        "transferred",
        at,
        command=command,
        cause=out,
        amount=command.amount,
        allocations=moved,
        terms=grant_terms(*parts),
    )
    close_freed(journal, target, at, command, into)
    return out, into


def cancel_scheduled(journal: Journal, wallet: Wallet, grant: Grant, lost: int, at: datetime) -> None:
    """Cancel a grant before it begins; `lost` of it ends unused. The caller posts the entry."""
    journal.lose(wallet, grant, lost)
    grant.voided_at = at
    journal.grants[grant.id] = grant


def reschedule(journal: Journal, wallet: Wallet, old: Grant, amount: int) -> Grant:
    """Return a new scheduled grant of `amount` on the terms of `old`, which is its parent."""
    new = replace(
        old,
        id=journal.new_id(),
        sequence=wallet.sequence + 1,
        amount=amount,
        parent=old.id,
        origin=old.origin or old.id,
        cost_minor=old.cost_of(amount),
        voided_at=None,
        refunded=0,
        lost=0,
        claimed=0,
    )
    return journal.add_grant(wallet, new)


def refuse_too_large(wallet: Wallet, amount: int) -> None:
    """Raise BalanceTooLarge where the balance, with all that is scheduled, would pass the largest one."""
    if wallet.balance + wallet.scheduled + amount > MAX_AMOUNT:
        raise BalanceTooLarge(
            f"A wallet holds at most {format_micros(MAX_AMOUNT)} credits, scheduled grants included; grant less.",
            balance=format_micros(wallet.balance),
            scheduled=format_micros(wallet.scheduled),
        )


def find_grant(wallet: Wallet, grant_id: str) -> Grant:
    """Return a grant of the wallet that a command names; raise GrantNotFound."""
    grant = wallet.grants.get(grant_id)
    if grant is None:
        raise GrantNotFound("The wallet has no such grant; list its grants to find the id.")
    return grant


def _grant_of(journal: Journal, wallet: Wallet, command: IssueGrant | Adjust, at: datetime) -> Grant:
    grant = Grant(
        id=journal.new_id(),
        wallet_id=wallet.id,
        sequence=wallet.sequence + 1,
        amount=command.amount,
        source="adjustment",
        effective_at=at,
        description=command.description,
        metadata=command.metadata,
    )
    if isinstance(command, IssueGrant):
        grant.source, grant.priority, grant.rollover = command.source, command.priority, command.rollover
        grant.cost_minor, grant.currency = command.cost_minor, command.currency
        grant.effective_at = _effective_at(command, at)
        grant.expires_at = _expires_at(command, grant.effective_at)
    return grant


def _effective_at(command: IssueGrant, at: datetime) -> datetime:
    if command.effective_at is not None and command.effective_at < at:
        raise InvalidOperation("effective_at lies in the past; leave it out to grant now.", field="effective_at")
    return command.effective_at or at


def _expires_at(command: IssueGrant, effective_at: datetime) -> datetime | None:
    expires_at = command.expires_at
    if command.expires_in_days is not None:
        expires_at = effective_at + timedelta(days=command.expires_in_days)
    if command.late and expires_at is not None:
        return max(expires_at, effective_at + MOMENT)
    if expires_at is not None and expires_at <= effective_at:
        raise InvalidOperation("expires_at must lie after the grant begins; choose a later one.", field="expires_at")
    return expires_at


def _post_issued(
    journal: Journal, wallet: Wallet, grant: Grant, at: datetime, command: Command, kind: str, terms: str
) -> Entry:
    grant.activated_at = at
    moved = [journal.move(grant, grant.amount)]
    return journal.post(
        wallet, kind, at, command=command, amount=grant.amount, allocations=moved, grant=grant, terms=terms
    )


def _transferred_part(journal: Journal, target: Wallet, old: Grant, amount: int, at: datetime) -> Grant:
    return Grant(
        id=journal.new_id(),
        wallet_id=target.id,
        sequence=target.sequence + 1,
        amount=amount,
        source=old.source,
        priority=old.priority,
        effective_at=at,
        activated_at=at,
        expires_at=old.expires_at,
        rollover=old.rollover,
        parent=old.id,
        cost_minor=old.cost_of(amount),
        currency=old.currency,
        description=old.description,
        metadata=old.metadata,
    )
