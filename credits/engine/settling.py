"""What time alone does to a wallet: holds end, grants begin and end, debt is repaid from what becomes free."""

from datetime import datetime, timedelta

from .commands import Command
from .journal import Journal, grant_terms
from .state import NEVER, Entry, Grant, Hold, Wallet, order_of_use


def settle(journal: Journal, wallet: Wallet, at: datetime) -> None:
    """Bring a wallet up to `at`, instant by instant, so that the books are as if somebody had been there each time."""
    if _is_settled(journal, wallet, at):
        return
    while (instant := wallet.find_next_change()) is not None and instant <= at:
        _end_holds(journal, wallet, instant)
        _activate_grants(journal, wallet, instant)
        close_freed(journal, wallet, instant)
    wallet.next_change_at = instant
    journal.wallets[wallet.id] = wallet


def close_freed(
    journal: Journal, wallet: Wallet, at: datetime, command: Command | None = None, cause: Entry | None = None
) -> None:
    """Repay debt from purchased credits that are free, then void or end what is free of grants that are over."""
    repay_debt(journal, wallet, at, command, cause)
    over = [grant for grant in wallet.grants.values() if grant.uncovered > 0 and _is_over(grant, at)]
    for grant in sorted(over, key=order_of_use):
        if grant.voided_at is not None:
            _take_rest(journal, wallet, grant, "voided", at, command, cause)
            continue
        if cause is None and grant.expires_at == at:
            _roll_over(journal, wallet, grant, at)
        if grant.uncovered > 0:
            _take_rest(journal, wallet, grant, "expired", at, command, cause)


def repay_debt(
    journal: Journal, wallet: Wallet, at: datetime, command: Command | None = None, cause: Entry | None = None
) -> None:
    """Repay debt from free purchased credits: from grants that are over first, then in order of use."""
    if wallet.debt == 0:
        return
    paid = [grant for grant in wallet.grants.values() if grant.is_purchased and grant.uncovered > 0]
    for grant in sorted(paid, key=lambda grant: (not _is_over(grant, at), order_of_use(grant))):
        part = min(grant.uncovered, wallet.debt)
        if part == 0:
            return
        moved = journal.move(grant, -part)
        journal.post(
            wallet,
            "debt_repaid",
            at,
            command=command,
            cause=cause,
            amount=-part,
            debt_change=-part,
            allocations=[moved],
            grant=grant,
        )


def end_hold(journal: Journal, hold: Hold, status: str, at: datetime, wallet: Wallet) -> int:
    """End a hold, free its cover and return how much that was; the caller posts the entry."""
    freed = hold.covered
    for grant_id, amount in hold.cover.items():
        uncover(journal, wallet, grant_id, amount)
    hold.cover = {}
    hold.status = status
    hold.ended_at = at
    journal.holds[hold.id] = hold
    return freed


def uncover(journal: Journal, wallet: Wallet, grant_id: str, amount: int) -> Grant:
    """Lift a hold's cover of `amount` from a grant."""
    grant = wallet.grants[grant_id]
    grant.held -= amount
    journal.grants[grant.id] = grant
    return grant


def _is_settled(journal: Journal, wallet: Wallet, at: datetime) -> bool:
    """Tell whether nothing can be due; what this run posted at `at` or later has made changes after `at` only."""
    if wallet.id in journal.wallets:
        return wallet.last_effective_at is not None and wallet.last_effective_at >= at
    return wallet.next_change_at is None or wallet.next_change_at > at


def _is_over(grant: Grant, at: datetime) -> bool:
    return grant.voided_at is not None or grant.has_ended(at)


def _end_holds(journal: Journal, wallet: Wallet, instant: datetime) -> None:
    ended = [hold for hold in wallet.active_holds() if hold.expires_at <= instant]
    for hold in sorted(ended, key=lambda hold: hold.id):
        freed = end_hold(journal, hold, "expired", instant, wallet)
        journal.post(wallet, "hold_expired", instant, held_change=-freed, hold=hold)


def _activate_grants(journal: Journal, wallet: Wallet, instant: datetime) -> None:
    begun = [grant for grant in wallet.grants.values() if grant.is_scheduled and grant.effective_at <= instant]
    for grant in sorted(begun, key=order_of_use):
        grant.activated_at = instant
        moved = journal.move(grant, grant.amount)
        journal.post(wallet, "activated", instant, amount=grant.amount, allocations=[moved], grant=grant)


def _take_rest(
    journal: Journal,
    wallet: Wallet,
    grant: Grant,
    kind: str,
    at: datetime,
    command: Command | None,
    cause: Entry | None,
) -> None:
    rest = grant.uncovered
    moved = journal.move(grant, -rest)
    journal.lose(wallet, grant, rest)
    journal.post(wallet, kind, at, command=command, cause=cause, amount=-rest, allocations=[moved], grant=grant)


def _roll_over(journal: Journal, wallet: Wallet, old: Grant, at: datetime) -> None:
    part = old.rollover.part_of(old.uncovered) if old.rollover is not None else 0
    if old.rollover is None or part == 0:
        return
    life = old.rollover.days
    new = Grant(
        id=journal.new_id(),
        wallet_id=wallet.id,
        sequence=wallet.sequence + 1,
        amount=part,
        source=old.source,
        # Before what is granted anew, however long either lives.
        priority=max(old.priority - 1, 0),
        effective_at=at,
        activated_at=at,
        expires_at=None if life is None or life >= (NEVER - at).days else at + timedelta(days=life),
        rollover=old.rollover.next(),
        parent=old.id,
        origin=old.origin or (old.id if old.is_purchased else None),
        cost_minor=old.cost_of(part),
        currency=old.currency,
        description=old.description,
        metadata=old.metadata,
    )
    journal.add_grant(wallet, new)
    moved = [journal.move(old, -part), journal.move(new, part)]
    journal.post(wallet, "rolled_over", at, allocations=moved, grant=new, terms=grant_terms(new))
