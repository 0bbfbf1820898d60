"""Codes, wallets and purchases for tests."""

from decimal import Decimal
from typing import Any

from accounts.services.audit import Origin as Operator
from core import events, relay
from credits.models import Wallet
from credits.services import open_wallet
from credits.services.posting import Origin
from credits.store.news import stream_of
from promos import services
from promos.models import PromoCode
from promos.services import Redeemed

OPERATOR = Operator("key:test")


def make_code(code: str = "SUMMER", **terms: Any) -> PromoCode:
    """Make a code of 5 credits, unless its terms say otherwise."""
    if "bonus_percent" not in terms:
        terms.setdefault("amount", Decimal(5))
    return services.create_code(code=code, origin=OPERATOR, **terms)


def make_wallet(reference: str = "ann") -> Wallet:
    return open_wallet(reference=reference)[0]


def redeem(code: str = "SUMMER", reference: str = "ann") -> Redeemed:
    return services.redeem_code(code=code, reference=reference, origin=Origin("service", "key:test"))


def balance(reference: str = "ann") -> Decimal:
    return Wallet.objects.get(reference=reference).balance


def buy(reference: str = "ann", credits: str = "100", *, payment: str = "p1", **told: Any) -> None:
    """Tell of a purchase as payments do, and let the relay deliver it."""
    tell_of_purchase(reference, credits, payment=payment, **told)
    relay.relay_events()


def tell_of_purchase(reference: str, credits: str = "100", *, payment: str = "p1", **told: Any) -> None:
    payload = {"wallet": reference, "payment": payment, "credits": credits, "amount_minor": 1000, "currency": "EUR"}
    events.publish("payment.paid", stream=stream_of(reference), payload={**payload, **told})
