"""Small ledgers under a moved clock, made through the services."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import time_machine

from core.problems import Problem
from credits import services
from credits.engine.state import Rollover

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
D = Decimal


def at(instant: datetime) -> time_machine.travel:
    """Stop the clock at an instant for a block."""
    return time_machine.travel(instant, tick=False)


def random_wallet(reference: str, seed: int, steps: int = 25) -> datetime:
    """Do `steps` random things to a wallet, from START on; return the instant after the last one."""
    chance = random.Random(seed)
    now = START
    for _ in range(steps):
        now += timedelta(minutes=chance.randint(1, 600))
        with at(now):
            try:
                chance.choice(MOVES)(reference, chance, now)
            except Problem:
                continue
    return now


def _issue(reference: str, chance: random.Random, now: datetime) -> None:
    rule = chance.choice([None, None, Rollover(percent=50, days=9), Rollover(days=5, times=2)])
    services.issue_grant(
        reference=reference,
        amount=_amount(chance, 200),
        source=chance.choice(["purchase", "promotion", "allowance"]),
        priority=chance.choice([10, 50, 90]),
        expires_in_days=chance.choice([None, 1, 3, 20]),
        rollover=rule,
    )


def _schedule(reference: str, chance: random.Random, now: datetime) -> None:
    begins = now + timedelta(days=chance.randint(1, 30))
    services.issue_grant(
        reference=reference, amount=_amount(chance, 90), effective_at=begins, expires_at=begins + timedelta(days=7)
    )


def _consume(reference: str, chance: random.Random, now: datetime) -> None:
    services.consume(reference=reference, amount=_amount(chance, 120), overage=chance.choice(["strict", "up_to"]))


def _hold(reference: str, chance: random.Random, now: datetime) -> None:
    services.place_hold(
        reference=reference, amount=_amount(chance, 60), expires_in=timedelta(hours=chance.randint(1, 100))
    )


def _adjust(reference: str, chance: random.Random, now: datetime) -> None:
    services.adjust(reference=reference, amount=chance.choice([1, -1]) * _amount(chance, 40), reason="counted again")


def _amount(chance: random.Random, most: int) -> Decimal:
    return Decimal(chance.randint(1, most * 1_000_000)).scaleb(-6)


MOVES: list[Callable[[str, random.Random, datetime], None]] = [_issue, _issue, _schedule, _consume, _consume, _hold]
MOVES.append(_adjust)
