"""Use credits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.amounts import to_micros
from core.problems import Problem

from ..engine import commands as c
from .posting import INTERNAL, Origin, Posted, command_of, post, post_many

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
    return post_many([_command(item) for item in items])


def _command(item: Consumption) -> c.Consume:
    return command_of(
        c.Consume,
        item.origin,
        item.reference,
        item.description,
        item.metadata,
        amount=to_micros(item.amount),
        overage=item.overage,
    )
