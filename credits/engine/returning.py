"""Credits that come back and money that went back: reverse, claw back, forgive debt."""

from datetime import datetime

from core.amounts import format_micros

from ..exceptions import DebtTooSmall, InvalidOperation, NotReversible, RefundTooLarge
from .commands import ClawBack, ForgiveDebt, ReverseEntry
from .granting import cancel_scheduled, find_grant, refuse_too_large, reschedule
from .journal import Journal, grant_terms
from .settling import close_freed
from .state import Allocation, Consumption, Entry, Grant, Wallet, order_of_use


def reverse_entry(
    journal: Journal, wallet: Wallet, command: ReverseEntry, at: datetime, consumption: Consumption
) -> Entry:
    """Undo a consumption into the grants it came from, last used first, continuing where earlier reversals stopped."""
    amount = _reversible(command, consumption)
    refuse_too_large(wallet, amount)
    if command.expires_at is not None and command.expires_at <= at:
        raise InvalidOperation("expires_at must lie in the future; choose a later one.", field="expires_at")
    moved, revived = [], []
    for grant, part in _slices(wallet, consumption, amount):
        if command.expires_at is not None and grant.voided_at is None and grant.has_ended(at):
            grant = journal.add_grant(wallet, _revived(journal, wallet, grant, part, command.expires_at, at))
            revived.append(grant)
        moved.append(journal.move(grant, part))
    entry = journal.post(
        wallet,
        "reversed",
        at,
        command=command,
        amount=amount,
        allocations=moved,
        reverses=consumption.id,
        terms=grant_terms(*revived) if revived else None,
    )
    close_freed(journal, wallet, at, command, entry)
    return entry


def claw_back(journal: Journal, wallet: Wallet, command: ClawBack, at: datetime) -> Entry:
    """Take credits for money that went back; what is spent becomes debt, what ended unused is not claimed."""
    grant = _refundable(wallet, command)
    grant.refunded += command.amount
    journal.grants[grant.id] = grant
    pending = _pending_of(wallet, grant)
    if pending is not None:
        return _claw_back_scheduled(journal, wallet, pending, command, at)
    claim = max(0, max(0, grant.refunded - grant.lost) - grant.claimed)
    grant.claimed += claim
    moved = _take_claim(journal, wallet, grant, claim)
    taken = -sum(part.amount for part in moved)
    entry = journal.post(wallet, "clawed_back", at, command=command, amount=-taken, allocations=moved, grant=grant)
    if claim > taken:
        journal.post(wallet, "debt_incurred", at, command=command, cause=entry, debt_change=claim - taken, grant=grant)
    return entry


def forgive_debt(journal: Journal, wallet: Wallet, command: ForgiveDebt, at: datetime) -> Entry:
    """Write off debt, all of it or a part."""
    amount = wallet.debt if command.amount is None else command.amount
    if amount > wallet.debt or amount == 0:
        raise DebtTooSmall(
            f"The wallet owes {format_micros(wallet.debt)} credits; forgive at most that.",
            debt=format_micros(wallet.debt),
        )
    return journal.post(wallet, "debt_forgiven", at, command=command, debt_change=-amount)


def _reversible(command: ReverseEntry, consumption: Consumption) -> int:
    if consumption.kind != "consumed":
        raise NotReversible(f"The entry is {consumption.kind}; only a consumed entry can be reversed.")
    left = -consumption.amount - consumption.reversed
    amount = left if command.amount is None else command.amount
    if amount == 0 or amount > left:
        raise NotReversible(
            f"Of this entry {format_micros(left)} credits are left to reverse; ask for at most that.",
            reversible=format_micros(left),
        )
    return amount


def _slices(wallet: Wallet, consumption: Consumption, amount: int) -> list[tuple[Grant, int]]:
    """Return what goes back into which grant; the order never changes, so earlier reversals are a prefix."""
    skip, slices = consumption.reversed, []
    taken = [(wallet.grants[part.grant], -part.amount) for part in consumption.allocations]
    for grant, part in sorted(taken, key=lambda pair: order_of_use(pair[0]), reverse=True):
        skipped = min(skip, part)
        skip -= skipped
        back = min(part - skipped, amount)
        amount -= back
        if back:
            slices.append((grant, back))
    return slices


def _revived(journal: Journal, wallet: Wallet, old: Grant, amount: int, expires_at: datetime, at: datetime) -> Grant:
    return Grant(
        id=journal.new_id(),
        wallet_id=wallet.id,
        sequence=wallet.sequence + 1,
        amount=amount,
        source=old.source,
        priority=old.priority,
        effective_at=at,
        activated_at=at,
        expires_at=expires_at,
        parent=old.id,
        origin=old.origin or (old.id if old.is_purchased else None),
        cost_minor=old.cost_of(amount),
        currency=old.currency,
        description=old.description,
        metadata=old.metadata,
    )


def _refundable(wallet: Wallet, command: ClawBack) -> Grant:
    grant = find_grant(wallet, command.grant)
    if not grant.is_purchased or grant.parent is not None:
        raise InvalidOperation("Only the grant of a purchase can be clawed back; name the one its payment issued.")
    if grant.refunded + command.amount > grant.amount:
        raise RefundTooLarge(
            f"Of this grant {format_micros(grant.amount - grant.refunded)} credits can still be clawed back.",
            refundable=format_micros(grant.amount - grant.refunded),
        )
    return grant


def _pending_of(wallet: Wallet, head: Grant) -> Grant | None:
    """Return what of a purchase has not begun yet: the grant itself or the one it was scheduled anew as."""
    family = (grant for grant in wallet.grants.values() if head.id in (grant.id, grant.origin))
    return next((grant for grant in family if grant.is_scheduled), None)


def _claw_back_scheduled(journal: Journal, wallet: Wallet, pending: Grant, command: ClawBack, at: datetime) -> Entry:
    cancel_scheduled(journal, wallet, pending, command.amount, at)
    entry = journal.post(wallet, "unscheduled", at, command=command, grant=pending)
    rest = pending.amount - command.amount
    if rest:
        new = reschedule(journal, wallet, pending, rest)
        journal.post(wallet, "scheduled", at, command=command, cause=entry, grant=new, terms=grant_terms(new))
    return entry


def _take_claim(journal: Journal, wallet: Wallet, head: Grant, claim: int) -> list[Allocation]:
    """Take from that grant's uncovered credits, then from other purchased ones, then from all."""
    moved = []
    for grant in sorted(
        wallet.in_order_of_use(), key=lambda grant: (grant.id != head.id, not grant.is_purchased, order_of_use(grant))
    ):
        part = min(grant.uncovered, claim)
        if part == 0:
            break
        moved.append(journal.move(grant, -part))
        claim -= part
    return moved
