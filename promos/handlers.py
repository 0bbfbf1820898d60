"""What promos do about events of other rooms."""

from decimal import Decimal

from core.models import Event

from . import services


def reward_purchase(event: Event) -> None:
    """Grant what waited for the purchase that `payment.paid` tells of."""
    told = event.payload
    services.reward_purchase(
        purchase=services.Purchase(
            reference=told["wallet"],
            payment=told["payment"],
            credits=Decimal(told["credits"]),
            amount_minor=told["amount_minor"],
            currency=told["currency"],
            # Written with the payment, by the clock that redemptions have, too.
            paid_at=event.created_at,
        )
    )
