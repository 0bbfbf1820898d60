"""A wallet as everybody sees it: what reads answer and what the balance cache keeps."""

import json
from dataclasses import dataclass, fields
from datetime import datetime

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


def reading_of(wallet: Wallet) -> WalletReading:
    """Return the reading of a wallet that an operation has just left behind."""
    ending = [grant for grant in wallet.grants.values() if grant.expires_at is not None and grant.uncovered > 0]
    ending.sort(key=lambda grant: (grant.expires_at, order_of_use(grant)))
    expiring = tuple((grant.uncovered, grant.expires_at) for grant in ending[:MOST_EXPIRING])
    return WalletReading(*(getattr(wallet, name) for name in NAMES), expiring)


def dump_reading(reading: WalletReading) -> str:
    """Return a reading as JSON text."""
    values = [getattr(reading, name) for name in NAMES]
    return json.dumps([*values, reading.expiring], default=stamp, separators=(",", ":"))


def load_reading(text: str | bytes) -> WalletReading:
    """Return the reading that `dump_reading` wrote."""
    *values, created_at, updated_at, next_change_at, expiring = json.loads(text)
    instant = datetime.fromisoformat
    return WalletReading(
        *values,
        instant(created_at),
        instant(updated_at),
        None if next_change_at is None else instant(next_change_at),
        tuple((amount, instant(at)) for amount, at in expiring),
    )
