"""Rules of recurring free credits."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core import clock, events
from core.amounts import format_micros, to_micros
from credits.exceptions import InvalidOperation

from ..exceptions import AllowanceExists
from ..models import Allowance
from ..selectors.allowances import find_allowance, just_before, next_due


@transaction.atomic
def create_allowance(**members: Any) -> Allowance:
    """Make a rule; its first run is the first that is due from now on. Raises AllowanceExists, InvalidOperation."""
    at = clock.now()
    members.setdefault("start_date", at.date())
    allowance = Allowance(created_at=at, **members)
    _keep(allowance, at, is_new=True)
    _tell("allowance.created", allowance)
    return allowance


@transaction.atomic
def change_allowance(*, allowance: UUID, **members: Any) -> Allowance:
    """Change a rule from its next run on; a day that had its run gets no other, however the rule is moved.

    A run that is on its way keeps the terms that it began with. Raises AllowanceNotFound, AllowanceExists,
    InvalidOperation.
    """
    found = find_allowance(allowance, lock=True)
    for name, value in members.items():
        setattr(found, name, value)
    _keep(found, clock.now(), is_new=False)
    _tell("allowance.changed", found)
    return found


@transaction.atomic
def delete_allowance(*, allowance: UUID) -> None:
    """Take a rule and the records of its runs away; what was granted stays. Raises AllowanceNotFound."""
    found = find_allowance(allowance, lock=True)
    _tell("allowance.deleted", found)
    found.delete()


def _keep(allowance: Allowance, at: Any, *, is_new: bool) -> None:
    if allowance.end_date is not None and allowance.end_date <= allowance.start_date:
        raise InvalidOperation("end_date is the first day without; name one after start_date.", field="end_date")
    if allowance.audience == "everyone" and allowance.plans:
        raise InvalidOperation("Plans limit an audience of subscribers or non_subscribers.", field="plans")
    waiting = allowance.next_due_at
    # What is due already and has not run yet stays due.
    allowance.next_due_at = next_due(allowance, at if waiting is None or waiting > at else just_before(waiting))
    try:
        with transaction.atomic():
            allowance.save(force_insert=is_new, force_update=not is_new)
    except IntegrityError:
        raise AllowanceExists() from None


def _tell(name: str, allowance: Allowance) -> None:
    payload = {
        "allowance": str(allowance.pk),
        "name": allowance.name,
        "amount": format_micros(to_micros(allowance.amount)),
        "is_active": allowance.is_active,
        "next_due_at": allowance.next_due_at.isoformat() if allowance.next_due_at else None,
    }
    events.publish(name, stream=f"allowance:{allowance.pk}", payload=payload)
