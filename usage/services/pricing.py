"""What usage costs by the rate that is in force, and what becomes of a model that has none."""

from datetime import datetime

from django.conf import settings

from ..exceptions import ModelUnknown, QuantityUnpriced
from ..pricing import Priced, Quantities, Terms, Unpriced, price
from ..selectors.rates import rate_in_force

REFUSE, DEFAULT, FREE = "refuse", "default", "free"
FREE_OF_CHARGE = Priced(0)


def price_usage(*, model: str, quantities: Quantities, provider: str = "", operation: str = "", at: datetime) -> Priced:
    """Return what quantities cost at `at`; raise ModelUnknown or QuantityUnpriced.

    A model without a rate follows the setting USAGE_UNKNOWN_MODEL: it is refused, priced as USAGE_DEFAULT_MODEL, or
    free, which is a price without a rate.
    """
    terms = find_rate(model=model, provider=provider, operation=operation, at=at)
    if terms is None:
        return FREE_OF_CHARGE
    try:
        return price(terms, quantities)
    except Unpriced as unpriced:
        raise QuantityUnpriced(
            f"The rate of {model} has no price for {unpriced.quantity}; add a version of the rate that has one.",
            rate=terms.id,
            quantity=unpriced.quantity,
        ) from None


def find_rate(*, model: str, provider: str = "", operation: str = "", at: datetime) -> Terms | None:
    """Return the rate for a call, None where an unknown model is free; raise ModelUnknown."""
    terms = rate_in_force(provider=provider, model=model, operation=operation, at=at)
    if terms is None and settings.USAGE_UNKNOWN_MODEL == DEFAULT:
        terms = rate_in_force(model=settings.USAGE_DEFAULT_MODEL, operation=operation, at=at)
    if terms is None and settings.USAGE_UNKNOWN_MODEL != FREE:
        raise ModelUnknown(f"No rate is in force for {model}; add one, or correct the name.", model=model)
    return terms
