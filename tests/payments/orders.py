"""Payments that a test can start from, at the sandbox unless it says otherwise."""

from decimal import Decimal
from typing import Any

from credits.models import Wallet
from credits.selectors import refresh_wallet
from credits.services import Origin, open_wallet
from payments.models import CreditPack, PackPrice, Payment, SandboxWebhook
from payments.sandbox import books
from payments.services.checkouts import Order, order_payment
from payments.services.provider_events import process_due_events, receive_webhook

SECRET = "sandbox-secret-of-the-tests"


def pack(
    code: str = "starter", credits: str = "2000", minor: int = 1999, currency: str = "USD", **terms: Any
) -> CreditPack:
    made, _ = CreditPack.objects.get_or_create(
        code=code, defaults={"name": "Starter", "credits": Decimal(credits), **terms}
    )
    PackPrice.objects.get_or_create(pack=made, currency=currency, defaults={"amount_minor": minor})
    return made


def ordered(reference: str = "ada", key: str | None = None, **terms: Any) -> Payment:
    """Return a payment whose checkout is open."""
    if not Wallet.objects.filter(reference=reference).exists():
        open_wallet(reference=reference)
    order = Order(**{"reference": reference, "pack": pack().code, **terms})
    return order_payment(order=order, origin=Origin("service", "key:test", key)).payment


def act(payment: Payment, verb: str, **how: Any) -> None:
    books.act(str(payment.checkout_id), verb, **how)


def bodies(payment: Payment) -> list[bytes]:
    """Return the webhooks that the sandbox has for a payment, oldest first."""
    rows = SandboxWebhook.objects.filter(checkout=payment.checkout_id).order_by("pk")
    return [row.body.encode() for row in rows]


def deliver(body: bytes, at: Any = None) -> Any:
    """Send a webhook through the real door, without a network."""
    from core import clock
    from payments.sandbox import signing

    at = at or clock.now()
    headers = {signing.HEADER: signing.sign(body, SECRET, at)}
    return receive_webhook(provider="sandbox", body=body, headers=headers, at=at)


def deliver_all(payment: Payment) -> Payment:
    """Deliver what the sandbox has to say of a payment, and do what it means."""
    for body in bodies(payment):
        deliver(body)
    process_due_events()
    payment.refresh_from_db()
    return payment


def balance(reference: str = "ada") -> Decimal:
    return Decimal(refresh_wallet(reference).balance) / 1_000_000


def debt(reference: str = "ada") -> Decimal:
    return Decimal(refresh_wallet(reference).debt) / 1_000_000
