"""Consume, and holds: place, capture, release, extend."""

from collections.abc import Iterable
from datetime import datetime

from core.amounts import format_micros

from ..exceptions import (
    HoldNotActive,
    HoldNotFound,
    InsufficientCredits,
    InvalidOperation,
    NotYourHold,
    WalletFrozen,
)
from .commands import CaptureHold, Command, Consume, ExtendHold, PlaceHold, ReleaseHold
from .journal import Journal, hold_terms
from .settling import close_freed, end_hold, uncover
from .state import MAX_HOLD_LIFE, Allocation, Entry, Hold, Wallet, order_of_use


def consume(journal: Journal, wallet: Wallet, command: Consume, at: datetime) -> Entry:
    """Take credits in order of use; `up_to` takes what is there and records the shortfall. Frozen wallets refuse."""
    refuse_frozen(wallet)
    taken = command.amount
    if command.overage == "up_to":
        taken = min(taken, wallet.available)
    else:
        refuse_insufficient(wallet, taken)
    moved = take_in_order(journal, wallet, taken)
    return journal.post(
        wallet,
        "consumed" if taken else "shortfall",
        at,
        command=command,
        amount=-taken,
        allocations=moved,
        shortfall=command.amount - taken,
    )


def place_hold(journal: Journal, wallet: Wallet, command: PlaceHold, at: datetime) -> Entry:
    """Cover `amount` from uncovered grants in order, so that nothing else can take it until the hold ends."""
    refuse_frozen(wallet)
    refuse_insufficient(wallet, command.amount)
    if command.expires_in > MAX_HOLD_LIFE:
        raise InvalidOperation("A hold lives at most 7 days; ask for less.", field="expires_in_seconds")
    hold = Hold(
        id=journal.new_id(),
        wallet_id=wallet.id,
        amount=command.amount,
        placed_by=command.actor,
        placed_at=at,
        expires_at=at + command.expires_in,
        basis=command.basis,
        description=command.description,
        metadata=command.metadata,
    )
    _cover(journal, wallet, hold, command.amount)
    journal.add_hold(wallet, hold)
    return journal.post(wallet, "held", at, command=command, held_change=hold.amount, hold=hold, terms=hold_terms(hold))


def capture_hold(journal: Journal, wallet: Wallet, command: CaptureHold, at: datetime) -> Entry:
    """Consume from the cover, in order of use; the excess as consume does. A final capture frees the rest."""
    hold = _active_hold(wallet, command.hold, command)
    wanted = hold.covered if command.amount is None else command.amount
    if wanted == 0:
        raise InvalidOperation("There is nothing to capture; release the hold instead.", field="amount")
    from_cover = min(wanted, hold.covered)
    excess = _allowed_excess(wallet, wanted - from_cover, command.overage)
    moved = _take_cover(journal, wallet, hold, from_cover)
    moved = _merge(moved + take_in_order(journal, wallet, excess))
    freed = end_hold(journal, hold, "captured", at, wallet) if command.final else 0
    hold.captured += from_cover + excess
    journal.holds[hold.id] = hold
    entry = journal.post(
        wallet,
        "consumed" if moved else "shortfall",
        at,
        command=command,
        amount=-from_cover - excess,
        held_change=-from_cover - freed,
        allocations=moved,
        hold=hold,
        shortfall=wanted - from_cover - excess,
    )
    if freed:
        close_freed(journal, wallet, at, command, entry)
    return entry


def release_hold(journal: Journal, wallet: Wallet, command: ReleaseHold, at: datetime) -> Entry:
    """End a hold and free its cover; what is freed of grants that have ended expires at once."""
    hold = _active_hold(wallet, command.hold, command)
    freed = end_hold(journal, hold, "released", at, wallet)
    entry = journal.post(wallet, "released", at, command=command, held_change=-freed, hold=hold)
    close_freed(journal, wallet, at, command, entry)
    return entry


def extend_hold(journal: Journal, wallet: Wallet, command: ExtendHold, at: datetime) -> Entry:
    """Move a hold's expiry, counted from now, and may cover more; at most 7 days after it was placed."""
    hold = _active_hold(wallet, command.hold, command)
    if command.expires_in is None and not command.amount:
        raise InvalidOperation("Name expires_in_seconds, amount or both.", field="expires_in_seconds")
    expires_at = hold.expires_at if command.expires_in is None else at + command.expires_in
    if expires_at > hold.placed_at + MAX_HOLD_LIFE:
        raise InvalidOperation(
            "A hold lives at most 7 days after it was placed; extend it by less.", field="expires_in_seconds"
        )
    if command.amount:
        refuse_frozen(wallet)
        refuse_insufficient(wallet, command.amount)
        _cover(journal, wallet, hold, command.amount)
        hold.amount += command.amount
    hold.expires_at = expires_at
    journal.holds[hold.id] = hold
    terms = hold_terms(hold)
    return journal.post(wallet, "extended", at, command=command, held_change=command.amount, hold=hold, terms=terms)


def take_in_order(journal: Journal, wallet: Wallet, amount: int) -> list[Allocation]:
    """Take uncovered credits in order of use; the caller has seen that there are enough."""
    moved = []
    for grant in wallet.in_order_of_use() if amount else ():
        part = min(grant.uncovered, amount)
        moved.append(journal.move(grant, -part))
        amount -= part
        if amount == 0:
            break
    return moved


def refuse_frozen(wallet: Wallet) -> None:
    """Raise WalletFrozen where an operator has frozen the wallet."""
    if wallet.is_frozen:
        raise WalletFrozen("An operator froze this wallet; ask support to unfreeze it.")


def refuse_insufficient(wallet: Wallet, required: int) -> None:
    """Raise InsufficientCredits, with all that explains it, where less than `required` is available."""
    if wallet.available < required:
        missing = format_micros(required - wallet.available)
        raise InsufficientCredits(
            f"{format_micros(required)} credits are required and {format_micros(wallet.available)} are available; "
            f"add at least {missing}, or ask for less.",
            required=format_micros(required),
            available=format_micros(wallet.available),
            held=format_micros(wallet.held),
            balance=format_micros(wallet.balance),
            expiring=expiring(wallet),
        )


def expiring(wallet: Wallet, most: int = 10) -> list[dict[str, object]]:
    """Return what expires next of the uncovered credits, soonest first: at most `most` amounts with their instants."""
    ending = [grant for grant in wallet.grants.values() if grant.expires_at is not None and grant.uncovered > 0]
    ending.sort(key=lambda grant: (grant.expires_at, order_of_use(grant)))
    return [{"amount": format_micros(grant.uncovered), "expires_at": grant.expires_at} for grant in ending[:most]]


def _active_hold(wallet: Wallet, hold_id: str, command: Command) -> Hold:
    hold = wallet.holds.get(hold_id)
    if hold is None:
        raise HoldNotFound("The wallet has no such hold; list its holds to find the id.")
    if command.principal == "customer" and hold.placed_by != command.actor:
        raise NotYourHold("Only who placed a hold, or a service, may change it.")
    if hold.status != "active":
        raise HoldNotActive(
            f"The hold was {hold.status} at {hold.ended_at:%Y-%m-%dT%H:%M:%S.%fZ}; place a new one.",
            hold_status=hold.status,
            ended_at=hold.ended_at,
        )
    return hold


def _allowed_excess(wallet: Wallet, excess: int, overage: str) -> int:
    """Return how much of what goes beyond the cover may be taken from free credits."""
    if excess == 0:
        return 0
    if overage == "strict":
        refuse_frozen(wallet)
        refuse_insufficient(wallet, excess)
        return excess
    return 0 if wallet.is_frozen else min(excess, wallet.available)


def _cover(journal: Journal, wallet: Wallet, hold: Hold, amount: int) -> None:
    for grant in wallet.in_order_of_use():
        part = min(grant.uncovered, amount)
        grant.held += part
        journal.grants[grant.id] = grant
        hold.cover[grant.id] = hold.cover.get(grant.id, 0) + part
        amount -= part
        if amount == 0:
            return


def _take_cover(journal: Journal, wallet: Wallet, hold: Hold, amount: int) -> list[Allocation]:
    moved = []
    for grant in sorted((wallet.grants[grant_id] for grant_id in hold.cover), key=order_of_use):
        part = min(hold.cover[grant.id], amount)
        if part == 0:
            break
        uncover(journal, wallet, grant.id, part)
        moved.append(journal.move(grant, -part))
        hold.cover[grant.id] -= part
        amount -= part
    hold.cover = {grant_id: part for grant_id, part in hold.cover.items() if part}
    return moved


def _merge(moved: Iterable[Allocation]) -> list[Allocation]:
    """Return one allocation per grant, as the database wants it: a grant may be both covered and free."""
    sums: dict[str, int] = {}
    for grant, amount in moved:
        sums[grant] = sums.get(grant, 0) + amount
    return [Allocation(grant, amount) for grant, amount in sums.items()]
