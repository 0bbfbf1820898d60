"""A charge that comes once, beside those that a provider repeats: the difference that an upgrade costs."""

from uuid import UUID

from django.db import transaction

from core import clock
from credits.models import Wallet

from ..models import Payment
from ..news import tell
from ..providers import registry
from ..providers.protocol import ProviderError
from .checkouts import open_checkout, payer_of
from .provider_calls import problem_of

REQUESTER = "subscriptions"


def order_charge(
    *,
    key: UUID,
    reference: str,
    amount_minor: int,
    currency: str,
    title: str,
    return_url: str = "",
    provider: str = "",
) -> Payment:
    """Open the checkout of a payment that buys no credits, the same one for one key however often.

    When its money comes, `recurring_charge.charged` names the key as its `subscription`, once.
    Raises ProviderUnknown, ProviderRefusal, ProviderUnavailable.
    """
    company = registry.provider(provider)
    wallet = Wallet.objects.get(reference=reference)
    terms = {
        "wallet": wallet,
        "provider": company.name,
        "is_live": company.is_live,
        "purpose": "subscription",
        "amount_minor": amount_minor,
        "currency": currency,
        "credits": 0,
        "title": title[:120],
        "return_url": return_url,
        **payer_of(wallet, company),
    }
    with transaction.atomic():
        payment, is_new = Payment.objects.get_or_create(
            requested_by=REQUESTER, idempotency_key=str(key), defaults={**terms, "created_at": clock.now()}
        )
        if is_new:
            tell("payment.created", payment)
    try:
        return open_checkout(payment=payment) if payment.status == "created" else payment
    except ProviderError as error:
        raise problem_of(error) from error


def tell_charged(payment: Payment) -> None:
    """Tell the room above that what it ordered is paid; anything else that was paid is not its business.

    Money that came twice is a payment without the key, of which `payment.paid_again` tells.
    """
    if payment.requested_by == REQUESTER and payment.idempotency_key is not None:
        told = {"subscription": payment.idempotency_key, "charge_key": payment.charge_id}
        tell("recurring_charge.charged", payment, **told)
