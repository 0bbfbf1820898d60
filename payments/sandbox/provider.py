"""The sandbox as a provider: the same protocol as the real ones, its own books in place of a network."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings

from ..models import SandboxCheckout
from ..providers import reading, signatures
from ..providers.config import ProviderConfig
from ..providers.messages import (
    Checkout,
    CheckoutOrder,
    ConsentedCharge,
    Notice,
    RefundOrder,
    RefundState,
    Snapshot,
    SubscriptionOrder,
)
from ..providers.protocol import BadSignature, Declined, ProviderRefused
from . import books, signing
from .states import news_of, refund_of, snapshot_of, text_of

OLDEST_STAMP = timedelta(minutes=5)
DECLINING = "pm_sandbox_declines"


class Sandbox:
    """Moves no money; everything else is as at a real provider, webhooks and their signatures included."""

    name = "sandbox"
    is_live = False

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """Open a page of our own server; the same key gives the same page."""
        checkout = books.open_checkout(order)
        return Checkout(id=checkout.pk, url=page_of(checkout))

    def fetch(self, checkout_id: str, known_ids: tuple[str, ...] = ()) -> Snapshot:
        """Return all that became of a checkout, or of one charge of a subscription."""
        checkout = SandboxCheckout.objects.filter(pk=checkout_id).first()
        found = snapshot_of(checkout) if checkout is not None else books.find_charge(checkout_id)
        if found is None:
            raise ProviderRefused("There is no such checkout.", code="not_found")
        return found

    def verify_webhook(self, body: bytes, headers: Mapping[str, str], at: datetime) -> str:
        """Return the event's id if `t.body` is signed with one of our secrets and `t` is close to `at`."""
        stamp, signature = _parts(signatures.header(headers, signing.HEADER))
        signatures.check(f"{stamp}.".encode() + body, [signature], self._config.webhook_secrets)
        if abs(at.timestamp() - int(stamp)) > OLDEST_STAMP.total_seconds():
            raise BadSignature
        return reading.text(signatures.read_object(body), "id") or hashlib.sha256(body).hexdigest()

    def read_event(self, body: bytes, event_id: str) -> Notice:
        """Read an event, which carries the state of its checkout at that time."""
        event = signatures.read_object(body)
        state = reading.member(event, "data")
        notice = {
            "event_id": event_id,
            "type": reading.text(event, "type"),
            "occurred_at": reading.instant(event, "created"),
            "is_live": False,
        }
        if notice["type"].startswith("subscription."):  # type: ignore[union-attr]  # a text
            return Notice(**notice, subscription=news_of(event))  # type: ignore[arg-type]  # as above
        snapshot = text_of(state)
        ids = (snapshot.checkout_id, *(charge.id for charge in snapshot.charges))
        return Notice(**notice, ids=ids, reference=snapshot.reference, snapshot=snapshot)  # type: ignore[arg-type]

    def refund(self, order: RefundOrder) -> RefundState:
        """Give money of a charge back, once for a key; raises ProviderRefused."""
        return refund_of(books.refund(order.charge_id, order.amount_minor, order.key))

    def list_payments(self, since: datetime) -> Iterator[Snapshot]:
        """Give every checkout that was made since then."""
        for checkout in SandboxCheckout.objects.filter(created_at__gte=since, recurs=None).order_by("created_at"):
            yield snapshot_of(checkout)

    def charge(self, order: ConsentedCharge) -> Snapshot:
        """Charge a stored means of payment; the one that was stored to decline raises Declined."""
        if order.method_id == DECLINING:
            raise Declined("The sandbox's card declines.", code="card_declined")
        wanted = CheckoutOrder(
            key=order.key,
            amount_minor=order.amount_minor,
            currency=order.currency,
            title=order.title,
            return_url="",
            customer_id=order.customer_id,
        )
        checkout = books.open_checkout(wanted)
        if not checkout.charges:
            checkout = books.act(checkout.pk, "pay")
        return snapshot_of(checkout)

    def start_subscription(self, order: SubscriptionOrder) -> Checkout:
        """Open a page on which a recurring charge is agreed to."""
        wanted = CheckoutOrder(
            key=order.key,
            amount_minor=order.amount_minor,
            currency=order.currency,
            title=order.title,
            return_url=order.return_url,
            customer_id=order.customer_id,
        )
        recurs = {"interval": order.interval, "count": order.interval_count, "periods": 0, "status": "offered"}
        checkout = books.open_checkout(wanted, recurs)
        return Checkout(id=checkout.pk, url=page_of(checkout))

    def cancel_subscription(self, subscription_id: str, *, at_period_end: bool) -> None:
        """End a recurring charge; the news of it come with the end."""
        books.cancel_recurring(subscription_id, at_period_end=at_period_end)

    def portal_url(self, customer_id: str, return_url: str) -> str:
        """Return the page of the customer's latest checkout, which is all that the sandbox has to manage."""
        latest = SandboxCheckout.objects.filter(customer_id=customer_id).order_by("-created_at").first()
        if latest is None:
            raise ProviderRefused("The customer has not paid yet.", code="no_customer")
        return f"{page_of(latest)}?back={quote(return_url, safe='')}"


def page_of(checkout: SandboxCheckout) -> str:
    """Return the address of a checkout's page."""
    return f"{settings.SITE_URL}/sandbox/{checkout.pk}"


def _parts(value: str) -> tuple[str, str]:
    """Return stamp and signature of a header; raises BadSignature for one of another shape."""
    named = [part.partition("=")[::2] for part in value.split(",")]
    parts = dict(named)
    stamp = parts.get("t", "")
    if len(parts) != len(named) or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise BadSignature
    return stamp, parts.get("v1", "")
