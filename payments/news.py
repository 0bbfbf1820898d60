"""The events that payments publish."""

from core import events
from credits.store.news import stream_of

from .models import Payment


def tell(name: str, payment: Payment, **members: object) -> None:
    """Publish an event of a payment in its wallet's stream, into the caller's transaction."""
    payload: dict[str, object] = {
        "wallet": payment.wallet.reference,
        "payment": str(payment.pk),
        "provider": payment.provider,
        "purpose": payment.purpose,
        "status": payment.status,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        **members,
    }
    events.publish(name, stream=stream_of(payment.wallet.reference), payload=payload)


def tell_of_wallet(name: str, reference: str, **members: object) -> None:
    """Publish an event in a wallet's stream that is about no payment."""
    events.publish(name, stream=stream_of(reference), payload={"wallet": reference, **members})


def tell_of_provider(name: str, provider: str, **members: object) -> None:
    """Publish an event that is about a provider and no wallet."""
    events.publish(name, stream=f"provider:{provider}", payload={"provider": provider, **members})
