"""What a recorded use costs, before anything is posted."""

from core import clock
from core.amounts import to_micros
from usage.exceptions import ModelUnknown, QuantityUnpriced
from usage.services import Usage, price_usage


def price_of(usage: Usage) -> int | None:
    """Return what a use costs in millionths, None if nobody knows."""
    if usage.amount is not None:
        return to_micros(usage.amount)
    names = {"model": usage.model, "provider": usage.provider, "operation": usage.operation}
    try:
        return price_usage(quantities=usage.quantities, at=clock.now(), **names).amount
    except (ModelUnknown, QuantityUnpriced):
        return None
