"""A wallet as everybody sees it: what reads answer and what the balance cache keeps."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from .engine.chain import stamp
from .engine.state import Wallet, order_of_use

MOST_EXPIRING = 10


@dataclass(frozen=True, slots=True)
class WalletReading:
    """A wallet as everybody sees it: amounts in millionths, `attributes` as JSON text.

    `expiring` holds the next amounts that end unused, with their instants, soonest first.
    """

    reference: str
    status: str
    balance: int
    held: int
    debt: int
    sequence: int
    time_zone: str
    attributes: str
    created_at: datetime
    updated_at: datetime
    next_change_at: datetime | None
    expiring: tuple[tuple[int, datetime], ...]

    @property
    def available(self) -> int:
        return self.balance - self.held


NAMES = tuple(field.name for field in fields(WalletReading))[:-1]
_values = attrgetter(*NAMES)
_encode = json.JSONEncoder(default=stamp, separators=(",", ":")).encode


def reading_of(wallet: Wallet) -> WalletReading:
    """Return the reading of a wallet that an operation has just left behind."""
    open_grants = [grant for grant in wallet.grants.values() if grant.uncovered > 0]
    endings = [(grant.expires_at, order_of_use(grant), grant.uncovered) for grant in open_grants if grant.expires_at]
    expiring = tuple((amount, instant) for instant, _, amount in sorted(endings)[:MOST_EXPIRING])
    members: list[Any] = [*_values(wallet), expiring]
    return WalletReading(*members)


def dump_reading(reading: WalletReading) -> str:
    """Return a reading as JSON text."""
    return _encode([*_values(reading), reading.expiring])


def load_reading(text: str | bytes) -> WalletReading:
    """Return the reading that `dump_reading` wrote."""
    *values, expiring = json.loads(text)
    members = dict(zip(NAMES, values, strict=True))
    for name in ("created_at", "updated_at", "next_change_at"):
        members[name] = members[name] and datetime.fromisoformat(members[name])
    endings = tuple((amount, datetime.fromisoformat(at)) for amount, at in expiring)
    return WalletReading(**members, expiring=endings)
