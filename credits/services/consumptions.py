"""Use credits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.problems import Problem

from ..engine import commands as c
from ..exceptions import InvalidOperation
from .posting import INTERNAL, Origin, Posted, command_of, micros_of, post, post_many

MAX_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class Consumption:
    """One item of a batch; `amount` in credits."""

    reference: str
    amount: Decimal
    overage: str = "strict"
    description: str | None = None
    metadata: Mapping[str, Any] | None = None
    origin: Origin = INTERNAL


def consume(
    *,
    reference: str,
    amount: Decimal,
    overage: str = "strict",
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    origin: Origin = INTERNAL,
) -> Posted:
    """Take credits in order of use; with overage `up_to` what is there, recording the shortfall.

    Raises InsufficientCredits, WalletFrozen, KeyReused.
    """
    item = Consumption(reference, amount, overage, description, metadata, origin)
    return post(_command(item))


def consume_many(*, items: Sequence[Consumption]) -> list[Posted | Problem]:
    """Run up to 1,000 consumptions of any wallets in one transaction; one item's refusal touches no other."""
    asked = [_command_or_refusal(item) for item in items]
    outcomes = iter(post_many([command for command in asked if isinstance(command, c.Consume)]))
    return [next(outcomes) if isinstance(command, c.Consume) else command for command in asked]


def _command_or_refusal(item: Consumption) -> c.Consume | Problem:
    try:
        return _command(item)
    except InvalidOperation as refusal:
        return refusal


def _command(item: Consumption) -> c.Consume:
    return command_of(
        c.Consume,
        item.origin,
        item.reference,
        item.description,
        item.metadata,
        amount=micros_of(item.amount),
        overage=item.overage,
    )
