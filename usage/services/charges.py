"""The words of recording: what was used, what one entry pays for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from credits.services import INTERNAL, Origin, Posted

from ..models import UsageEvent
from ..pricing import Quantities


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used of a model; `amount` is its price in credits where the code that used it knows it.

    It is priced at `occurred_at`, by default at present. Its metadata goes to the entry, from which it can be erased.
    """

    model: str
    quantities: Quantities = field(default_factory=dict)
    provider: str = ""
    operation: str = ""
    occurred_at: datetime | None = None
    amount: Decimal | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What one entry pays for: taken from the hold if there is one, else from the wallet, by `overage`.

    `late_after` is the entry that placed a hold which has expired since; the service finds that out itself.
    """

    reference: str
    usages: tuple[Usage, ...]
    hold: str | None = None
    final: bool = True
    overage: str = "strict"
    metadata: Mapping[str, Any] | None = None
    origin: Origin = INTERNAL
    late_after: str | None = None

    @property
    def scope(self) -> tuple[str, str, str | None]:
        """Return where the idempotency key stands: wallet, principal and key."""
        return (self.reference, self.origin.principal, self.origin.key)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The events of a charge, and what was posted for them: nothing, if they cost nothing and end no hold."""

    events: list[UsageEvent]
    posted: Posted | None
    replayed: bool = False
    late: bool = False

    @property
    def amount(self) -> Decimal:
        return sum((event.amount for event in self.events), Decimal(0))
