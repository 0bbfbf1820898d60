"""Charge a stored means of payment."""

from ..models import Payment, StoredMethod
from ..providers.messages import ConsentedCharge, Snapshot
from ..providers.protocol import ProviderRefused
from .provider_calls import ask


def ask_charge(*, payment: Payment) -> Snapshot:
    """Charge a payment to the customer's stored means, once however often it is asked; raise ProviderError."""
    method = method_of(payment)
    if method is None:
        raise ProviderRefused("No means of payment is stored.", code="no_method")
    owner = payment.wallet.owner
    order = ConsentedCharge(
        key=str(payment.pk),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        title=payment.title,
        customer_id=method.customer_id,
        method_id=method.method_id,
        email=owner.email if owner is not None else "",
    )
    return ask("charge", payment.provider, lambda to: to.charge(order), payment=payment)


def method_of(payment: Payment) -> StoredMethod | None:
    """Return the stored means of payment that fits a payment's provider and mode."""
    methods = StoredMethod.objects.filter(wallet=payment.wallet_id, provider=payment.provider, is_live=payment.is_live)
    return methods.exclude(method_id="").first()
