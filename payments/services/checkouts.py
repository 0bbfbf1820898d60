"""Order credits and open the page on which they are paid."""

from dataclasses import astuple, dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.services.audit import Origin as AuditOrigin
from accounts.services.audit import record_action
from core import clock
from core.exceptions import KeyReused
from credits.engine.chain import fingerprint
from credits.exceptions import WalletNotFound
from credits.models import Wallet
from credits.services import Origin

from ..models import Payment, ProviderId, StoredMethod
from ..news import tell
from ..providers import registry
from ..providers.messages import Checkout, CheckoutOrder
from ..providers.protocol import Provider, ProviderError, ProviderRefused
from .pricing import Offer, offer_of_amount, offer_of_pack
from .provider_calls import ask, problem_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks to pay for: `pack`, perhaps several, or a free amount of money."""

    reference: str
    pack: str = ""
    quantity: int = 1
    amount_minor: int = 0
    currency: str = ""
    provider: str = ""
    return_url: str = ""
    keeps_method: bool = False

    def offer(self) -> Offer:
        """Return the price; raises PackNotFound or AmountNotSold."""
        if self.pack:
            return offer_of_pack(self.pack, self.currency, self.quantity)
        return offer_of_amount(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Ordered:
    payment: Payment
    replayed: bool


def order_payment(*, order: Order, origin: Origin, audit: AuditOrigin | None = None) -> Ordered:
    """Store a payment, then open its checkout at the provider; a repetition under one key opens the same one.

    Raises WalletNotFound, PackNotFound, AmountNotSold, ProviderUnknown, KeyReused, ProviderRefusal,
    ProviderUnavailable.
    """
    known = _find(origin)
    payment = known or store_payment(order, origin, audit)
    if payment.fingerprint != _print_of(order):
        raise KeyReused
    if payment.status == "created":
        try:
            payment = open_checkout(payment=payment)
        except ProviderError as error:
            raise problem_of(error) from error
    return Ordered(payment, known is not None)


def store_payment(order: Order, origin: Origin, audit: AuditOrigin | None = None, **terms: Any) -> Payment:
    """Write the row of an order before any provider hears of it; a twin's row if it came first."""
    offer, provider = order.offer(), registry.provider(order.provider)
    wallet = Wallet.objects.filter(reference=order.reference).first()
    if wallet is None:
        raise WalletNotFound(f"There is no wallet {order.reference}; open it first, or check the reference.")
    payment = Payment(
        wallet=wallet,
        provider=provider.name,
        is_live=provider.is_live,
        amount_minor=offer.amount_minor,
        currency=offer.currency,
        credits=offer.credits,
        pack=offer.pack,
        quantity=offer.quantity,
        expires_in_days=offer.expires_in_days,
        title=offer.title[:120],
        return_url=order.return_url,
        keeps_method=order.keeps_method,
        fingerprint=_print_of(order),
        requested_by=origin.actor,
        idempotency_key=origin.key,
        created_at=clock.now(),
        **payer_of(wallet, provider),
        **terms,
    )
    return _insert(payment, origin, audit)


def open_checkout(*, payment: Payment) -> Payment:
    """Ask the provider for the payment's checkout, the same one however often; raise ProviderError."""
    order = CheckoutOrder(
        key=str(payment.pk),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        title=payment.title,
        return_url=f"{settings.SITE_URL}/checkout/{payment.pk}/return",
        email=payment.email,
        customer_id=payment.customer_id,
        keeps_method=payment.keeps_method,
    )
    try:
        checkout = ask("create_checkout", payment.provider, lambda to: to.create_checkout(order), payment=payment)
    except ProviderRefused:
        _note_refused(payment)
        raise
    return _note_checkout(payment, checkout)


def payer_of(wallet: Wallet, provider: Provider) -> dict[str, str]:
    """Return who pays, in the members of a payment: kept before the first call, whatever the customer changes then."""
    known = StoredMethod.objects.filter(wallet=wallet, provider=provider.name, is_live=provider.is_live)
    customer, method = known.values_list("customer_id", "method_id").first() or ("", "")
    return {
        "email": wallet.owner.email if wallet.owner is not None else "",
        "customer_id": customer,
        "method_id": method,
    }


def _insert(payment: Payment, origin: Origin, audit: AuditOrigin | None) -> Payment:
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
            tell("payment.created", payment)
            if audit is not None:
                record_action(
                    origin=audit,
                    action="payment.order",
                    target_type="payment",
                    target_id=payment.pk,
                    after=str(payment),
                )
    except IntegrityError:
        twin = _find(origin)
        if twin is None:
            raise
        return twin
    return payment


def _find(origin: Origin) -> Payment | None:
    if origin.key is None:
        return None
    return Payment.objects.filter(requested_by=origin.actor, idempotency_key=origin.key).first()


def _print_of(order: Order) -> str:
    return fingerprint("Payment", list(astuple(order)))


@transaction.atomic
def _note_checkout(payment: Payment, checkout: Checkout) -> Payment:
    """Store where the customer pays; a webhook may have been here first."""
    stored = Payment.objects.select_for_update().get(pk=payment.pk)
    stored.checkout_id, stored.checkout_url = checkout.id, checkout.url
    stored.status = "pending" if stored.status == "created" else stored.status
    stored.updated_at = clock.now()
    stored.save(update_fields=["checkout_id", "checkout_url", "status", "updated_at"])
    ProviderId.objects.get_or_create(provider=stored.provider, value=checkout.id, defaults={"payment": stored})
    return stored


@transaction.atomic
def _note_refused(payment: Payment) -> None:
    stored = Payment.objects.select_for_update().get(pk=payment.pk)
    if stored.status == "created":
        stored.status, stored.updated_at = "failed", clock.now()
        stored.save(update_fields=["status", "updated_at"])
        tell("payment.failed", stored)
