"""Money as Stripe counts it, where that is not the smallest unit of ISO 4217 (docs.stripe.com/currencies)."""

from .protocol import ProviderRefused

# Stripe has kept two decimals for a currency that has lost them, and knows none of one that has two.
TIMES_HUNDRED = frozenset({"ISK"})
WITHOUT_DECIMALS = frozenset({"MGA"})
# The last digit must be 0.
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# Stripe's page lists it both without and with two decimals: a factor of 100 is not to be guessed.
NOT_SOLD = frozenset({"UGX"})


def to_stripe(amount_minor: int, currency: str) -> int:
    """Return an amount as Stripe wants it; raise ProviderRefused for one that it cannot take."""
    if currency in NOT_SOLD:
        raise ProviderRefused(f"Stripe's documents don't agree about {currency}; sell in another currency.")
    if currency in TIMES_HUNDRED:
        return amount_minor * 100
    step = 100 if currency in WITHOUT_DECIMALS else 10 if currency in THREE_DECIMALS else 1
    if amount_minor % step:
        raise ProviderRefused(f"Stripe takes {currency} in steps of {step} of its smallest unit; change the price.")
    return amount_minor // 100 if currency in WITHOUT_DECIMALS else amount_minor


def from_stripe(amount: int, currency: str) -> int:
    """Return an amount of Stripe's in the smallest unit of ISO 4217."""
    if currency in TIMES_HUNDRED:
        return amount // 100
    return amount * 100 if currency in WITHOUT_DECIMALS else amount
