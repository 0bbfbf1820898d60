"""What no command may ask, whoever sends it: amounts of nothing or less, lives without an end in sight."""

from datetime import datetime, timedelta

from ..exceptions import InvalidOperation
from .commands import Adjust, CaptureHold, Command, ExtendHold, IssueGrant, PlaceHold, ReverseEntry
from .kinds import SOURCES
from .state import LATEST, MAX_AMOUNT, Rollover

MAX_DAYS = 36_500


def refuse_out_of_bounds(command: Command) -> None:
    """Raise InvalidOperation where an amount isn't positive, a life isn't, or a rollover rule can't be followed."""
    amount = getattr(command, "amount", None)
    if amount is not None and (abs(amount) > MAX_AMOUNT or amount < _least_amount(command)):
        raise InvalidOperation("Name an amount of more than zero, at most 1,000,000,000.", field="amount")
    if isinstance(command, PlaceHold | ExtendHold):
        _refuse_life(command.expires_in, "expires_in_seconds")
    elif isinstance(command, Adjust) and not command.amount:
        raise InvalidOperation("An adjustment of zero moves nothing; name an amount.", field="amount")
    elif isinstance(command, ReverseEntry):
        refuse_late(command.expires_at, "expires_at")
    elif isinstance(command, IssueGrant):
        _refuse_days(command.expires_in_days, "expires_in_days")
        _refuse_terms(command)
        if command.rollover is not None:
            _refuse_rollover(command.rollover)


def refuse_late(instant: datetime | None, field: str) -> None:
    """Raise InvalidOperation for an instant from which no date can be counted any more."""
    if instant is not None and instant >= LATEST:
        raise InvalidOperation("Name an instant before the year 3000, or leave it out.", field=field)


def _least_amount(command: Command) -> int:
    """Return the least amount of such a command; a capture of zero has a refusal of its own."""
    if isinstance(command, Adjust):
        return -MAX_AMOUNT
    return 0 if isinstance(command, CaptureHold | ExtendHold) else 1


def _refuse_terms(command: IssueGrant) -> None:
    if command.source not in SOURCES or not 0 <= command.priority <= 100:
        raise InvalidOperation("Name one of the sources, and a priority from 0 to 100.", field="source")
    for field in ("effective_at", "expires_at"):
        refuse_late(getattr(command, field), field)
    if (command.cost_minor is None) != (command.currency is None):
        raise InvalidOperation("A cost has an amount and a currency; name both.", field="currency")
    if command.cost_minor is not None and not 0 <= command.cost_minor <= MAX_AMOUNT:
        raise InvalidOperation(f"A cost has from 0 to {MAX_AMOUNT:,} minor units.", field="cost_minor")


def _refuse_life(life: timedelta | None, field: str) -> None:
    if life is not None and life <= timedelta(0):
        raise InvalidOperation("Name a time of more than zero.", field=field)


def _refuse_days(days: int | None, field: str) -> None:
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InvalidOperation(f"Name from 1 to {MAX_DAYS:,} days; leave them out for ever.", field=field)


def _refuse_rollover(rule: Rollover) -> None:
    _refuse_days(rule.days, "rollover")
    if rule.times < 1 or (rule.amount is not None and rule.amount < 1):
        raise InvalidOperation("A grant rolls over at least once, and at least a millionth.", field="rollover")
    if rule.percent is not None and (rule.amount is not None or not 1 <= rule.percent <= 100):
        raise InvalidOperation("Name an amount, or from 1 to 100 percent, of what rolls over.", field="rollover")
