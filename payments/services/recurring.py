"""Charges that the provider repeats, for the subscriptions above: they start and end here, and their news go up.

Each charged period is a payment without credits of its own: it has a receipt, can be refunded and disputed, and the
event `recurring_charge.charged` lets the room above start its period.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from core import clock
from credits.models import Wallet

from ..models import Payment, ProviderId, RecurringCharge, StoredMethod
from ..news import tell_of_wallet
from ..providers import registry
from ..providers.messages import Interval, Notice, SubscriptionNews, SubscriptionOrder
from ..providers.protocol import ProviderError
from .provider_calls import ask, problem_of
from .settling import settle_payment


def start_recurring_charge(
    *,
    subscription: UUID,
    reference: str,
    amount_minor: int,
    currency: str,
    interval: Interval,
    interval_count: int = 1,
    title: str,
    return_url: str = "",
    provider: str = "",
) -> RecurringCharge:
    """Open the page on which a customer agrees to a recurring charge, the same one for one subscription however often.

    Raises ProviderUnknown, ProviderRefusal, ProviderUnavailable.
    """
    company = registry.provider(provider)
    wallet = Wallet.objects.select_related("owner").get(reference=reference)
    terms = {"amount_minor": amount_minor, "currency": currency, "title": title, "is_live": company.is_live}
    charge, _ = RecurringCharge.objects.get_or_create(
        pk=subscription, defaults={"wallet": wallet, "provider": company.name, **terms}
    )
    method = StoredMethod.objects.filter(wallet=wallet, provider=charge.provider, is_live=charge.is_live).first()
    order = SubscriptionOrder(
        key=str(subscription),
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        interval=interval,
        interval_count=interval_count,
        title=charge.title,
        return_url=return_url or settings.SITE_URL,
        email=wallet.owner.email if wallet.owner is not None else "",
        customer_id=method.customer_id if method is not None else "",
    )
    try:
        page = ask("start_subscription", charge.provider, lambda to: to.start_subscription(order))
    except ProviderError as error:
        raise problem_of(error) from error
    RecurringCharge.objects.filter(pk=charge.pk).update(checkout_url=page.url)
    charge.refresh_from_db()
    return charge


def end_recurring_charge(*, subscription: UUID, at_period_end: bool) -> None:
    """Stop a recurring charge; raises ProviderRefusal, ProviderUnavailable. One that never began just ends here."""
    charge = RecurringCharge.objects.get(pk=subscription)
    if charge.subscription_id is not None and charge.ended_at is None:
        named = charge.subscription_id
        try:
            ask(
                "cancel_subscription",
                charge.provider,
                lambda to: to.cancel_subscription(named, at_period_end=at_period_end),
            )
        except ProviderError as error:
            raise problem_of(error) from error
    RecurringCharge.objects.filter(pk=subscription, ended_at=None).update(ended_at=clock.now())


def portal_url(*, reference: str, return_url: str, provider: str = "") -> str:
    """Return the provider's page for a customer's means of payment; raises ProviderRefusal, ProviderUnavailable."""
    company = registry.provider(provider)
    method = StoredMethod.objects.filter(wallet__reference=reference, provider=company.name).first()
    customer = method.customer_id if method is not None else ""
    try:
        return ask("portal_url", company.name, lambda to: to.portal_url(customer, return_url))
    except ProviderError as error:
        raise problem_of(error) from error


def take_subscription_news(*, provider: str, notice: Notice) -> Payment | None:
    """Store a charged period as a payment, and tell the subscriptions above; harmless to repeat.

    Raises LookupError for a subscription that is not known yet.
    """
    news = notice.subscription
    if news is None:
        return None
    payment_id = _take(provider, notice, news)
    if payment_id is None:
        return None
    settle_payment(payment_id=payment_id)
    return Payment.objects.get(pk=payment_id)


@transaction.atomic
def _take(provider: str, notice: Notice, news: SubscriptionNews) -> UUID | None:
    charge = _lock(provider, news)
    if charge is None:
        raise LookupError("The subscription is not known here")
    if charge.subscription_id is None and news.subscription_id:
        charge.subscription_id = news.subscription_id
        charge.save(update_fields=["subscription_id"])
    wrong = _mismatch(charge, notice, news)
    if wrong:
        _tell("recurring_charge.mismatched", charge, news, detail=wrong)
        return None
    if news.customer_id:
        _store_customer(charge, news.customer_id)
    if news.kind == "charged":
        return _store_period(charge, news)
    if news.kind == "cancelled" and charge.ended_at is None:
        RecurringCharge.objects.filter(pk=charge.pk).update(ended_at=clock.now())
    _tell(f"recurring_charge.{news.kind}", charge, news)
    return None


def _lock(provider: str, news: SubscriptionNews) -> RecurringCharge | None:
    locked = RecurringCharge.objects.select_for_update().filter(provider=provider)
    known = locked.filter(subscription_id=news.subscription_id).first() if news.subscription_id else None
    if known is not None or not news.reference:
        return known
    try:
        return locked.filter(pk=UUID(news.reference), subscription_id=None).first()
    except ValueError:
        return None


def _mismatch(charge: RecurringCharge, notice: Notice, news: SubscriptionNews) -> str:
    if notice.is_live != charge.is_live:
        return "The event is of the other mode."
    if news.kind == "charged" and (news.amount_minor, news.currency) != (charge.amount_minor, charge.currency):
        return f"{news.amount_minor} {news.currency} in smallest units came, {charge.amount_minor} were due."
    return ""


def _store_period(charge: RecurringCharge, news: SubscriptionNews) -> UUID | None:
    """Store the payment of a period once, by the provider's id of the charge, and tell of it with it."""
    charge_id = news.charge_id or news.charge_key
    known = Payment.objects.filter(provider=charge.provider, charge_id=charge_id).first()
    if known is not None:
        return known.pk
    payment = Payment.objects.create(
        wallet=charge.wallet,
        provider=charge.provider,
        is_live=charge.is_live,
        purpose="subscription",
        amount_minor=news.amount_minor,
        currency=news.currency,
        credits=0,
        title=charge.title,
        charge_id=charge_id,
        checkout_id=charge_id,
        requested_by=f"subscription:{charge.pk}",
        is_settled=False,
        created_at=clock.now(),
    )
    ProviderId.objects.get_or_create(provider=charge.provider, value=charge_id, defaults={"payment": payment})
    _tell("recurring_charge.charged", charge, news, payment=str(payment.pk))
    return payment.pk


def _store_customer(charge: RecurringCharge, customer_id: str) -> None:
    StoredMethod.objects.get_or_create(
        wallet=charge.wallet,
        provider=charge.provider,
        is_live=charge.is_live,
        defaults={"customer_id": customer_id, "updated_at": clock.now()},
    )


def _tell(name: str, charge: RecurringCharge, news: SubscriptionNews, **members: object) -> None:
    tell_of_wallet(
        name,
        charge.wallet.reference,
        provider=charge.provider,
        subscription=str(charge.pk),
        provider_subscription=news.subscription_id,
        charge_key=news.charge_key,
        amount_minor=news.amount_minor,
        currency=news.currency,
        period_start=news.period_start.isoformat() if news.period_start else None,
        period_end=news.period_end.isoformat() if news.period_end else None,
        **members,
    )
