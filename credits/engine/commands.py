"""What can be asked of the ledger. A command names its wallet, who asks, and under which idempotency key."""

from collections.abc import Hashable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from . import chain
from .state import Rollover

DEFAULT_HOLD_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What all commands carry; `salt` is random and hides erased texts. No command names an instant to run at.

    `caused_by` is an entry that this one corrects; it belongs to no request, so the fingerprint leaves it out.
    """

    reference: str
    principal: str = "internal"
    key: str | None = None
    actor: str = "system"
    request_id: str | None = None
    description: str | None = None
    metadata: str | None = None
    salt: str | None = None
    caused_by: str | None = None

    @property
    def fingerprint(self) -> str:
        """Return what is equal for two requests that ask for the same."""
        kind = type(self)
        body = {name: getattr(self, name) for name in _body_names(cast(Hashable, kind))}
        if self.metadata is not None:
            body["metadata"] = chain.same_numbers(self.metadata)
        return chain.fingerprint(kind.__name__, list(body.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueGrant(Command):
    """Credits to add; `late` work was due before, so its life may be over: then it ends the moment after it begins."""

    amount: int
    source: str = "adjustment"
    priority: int = 50
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    expires_in_days: int | None = None
    rollover: Rollover | None = None
    cost_minor: int | None = None
    currency: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consume(Command):
    amount: int
    overage: str = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold(Command):
    amount: int
    expires_in: timedelta = DEFAULT_HOLD_LIFE
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureHold(Command):
    hold: str
    amount: int | None = None
    final: bool = True
    overage: str = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold(Command):
    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendHold(Command):
    hold: str
    expires_in: timedelta | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseEntry(Command):
    entry: str
    amount: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidGrant(Command):
    grant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Command):
    target: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClawBack(Command):
    grant: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgiveDebt(Command):
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfreeze(Command):
    pass


@lru_cache
def _body_names(kind: Any) -> tuple[str, ...]:
    identity = {"principal", "key", "actor", "request_id", "salt", "caused_by", "late"}
    return tuple(field.name for field in fields(kind) if field.name not in identity)
