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


def take_back_rewards(event: Event) -> None:
    """Take back what a purchase earned once `payment.refunded` tells that all of its money went back."""
    told = event.payload
    if told["reversed_minor"] >= told["amount_minor"]:
        services.take_back_rewards(reference=told["wallet"], payment=told["payment"])


def give_again(event: Event) -> None:
    """Give it again when `payment.restored` tells of a dispute that was won or a refund that failed."""
    services.give_again(reference=event.payload["wallet"], payment=event.payload["payment"])
