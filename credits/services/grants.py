"""Give credits, take back what a grant has left, and undo consumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.problems import Problem

from .. import selectors
from ..engine import commands as c
from ..engine.state import Rollover
from .posting import INTERNAL, Origin, Posted, command_of, micros_of, post, post_many, refuse_bad_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """One grant of several that are issued together, from now on; `amount` in credits."""

    reference: str
    amount: Decimal
    source: str
    expires_in_days: int | None = None
    description: str | None = None
    metadata: Mapping[str, Any] | None = None
    origin: Origin = INTERNAL


def issue_grant(
    *,
    reference: str,
    amount: Decimal,
    source: str = "adjustment",
    priority: int = 50,
    effective_at: datetime | None = None,
    expires_at: datetime | None = None,
    expires_in_days: int | None = None,
    rollover: Rollover | None = None,
    cost_minor: int | None = None,
    currency: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    origin: Origin = INTERNAL,
) -> Posted:
    """Grant `amount` credits now, or from `effective_at` on; an unknown wallet is opened.

    Raises InvalidOperation for dates in the past or a reference that no wallet may have, BalanceTooLarge, KeyReused.
    """
    refuse_bad_reference(reference)
    terms = {"source": source, "priority": priority, "effective_at": effective_at, "expires_at": expires_at}
    terms |= {"expires_in_days": expires_in_days, "rollover": rollover, "cost_minor": cost_minor, "currency": currency}
    return post(command_of(c.IssueGrant, origin, reference, description, metadata, amount=micros_of(amount), **terms))


def issue_grants(*, items: Sequence[NewGrant]) -> list[Posted | Problem]:
    """Issue grants to any wallets in one transaction, which locks all of them at once; a refusal touches no other."""
    return post_many([_command(item) for item in items])


def _command(item: NewGrant) -> c.IssueGrant:
    refuse_bad_reference(item.reference)
    return command_of(
        c.IssueGrant,
        item.origin,
        item.reference,
        item.description,
        item.metadata,
        amount=micros_of(item.amount),
        source=item.source,
        expires_in_days=item.expires_in_days,
    )


def void_grant(*, grant: str, reason: str, origin: Origin = INTERNAL) -> Posted:
    """Take back what a grant has left; raise GrantNotFound or GrantNotVoidable."""
    return post(_void(grant, reason, origin))


def void_grants(*, items: Sequence[tuple[str, Origin]], reason: str) -> list[Posted | Problem]:
    """Void grants of any wallets in one transaction, which locks all of them at once; a refusal touches no other."""
    return post_many([_void(grant, reason, origin) for grant, origin in items])


def _void(grant: str, reason: str, origin: Origin) -> c.VoidGrant:
    return command_of(c.VoidGrant, origin, selectors.reference_of_grant(grant), reason, grant=grant)


def reverse_entry(
    *,
    entry: str,
    amount: Decimal | None = None,
    reason: str | None = None,
    expires_at: datetime | None = None,
    origin: Origin = INTERNAL,
) -> Posted:
    """Give a consumption back, all that is left of it or `amount`; raise EntryNotFound or NotReversible.

    Credits of a grant that has expired since expire at once, unless `expires_at` gives them a new life.
    """
    part = None if amount is None else micros_of(amount)
    reference = selectors.reference_of_entry(entry)
    return post(command_of(c.ReverseEntry, origin, reference, reason, entry=entry, amount=part, expires_at=expires_at))


def claw_back(*, grant: str, amount: Decimal, reason: str, origin: Origin = INTERNAL) -> Posted:
    """Take credits for money that went back; what was spent becomes debt. Raises RefundTooLarge."""
    reference = selectors.reference_of_grant(grant)
    return post(command_of(c.ClawBack, origin, reference, reason, grant=grant, amount=micros_of(amount)))
