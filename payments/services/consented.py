"""Charge a stored means of payment."""

from ..models import Payment
from ..providers.messages import ConsentedCharge, Snapshot
from ..providers.protocol import ProviderRefused
from .provider_calls import ask


def ask_charge(*, payment: Payment) -> Snapshot:
    """Charge a payment to the customer's stored means, once however often it is asked; raise ProviderError."""
    if not payment.method_id:
        raise ProviderRefused("No means of payment is stored.", code="no_method")
    order = ConsentedCharge(
        key=str(payment.pk),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        title=payment.title,
        customer_id=payment.customer_id,
        method_id=payment.method_id,
        email=payment.email,
    )
    return ask("charge", payment.provider, lambda to: to.charge(order), payment=payment)
