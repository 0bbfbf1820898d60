"""Stripe: Checkout Sessions in payment and subscription mode, and charges of a means of payment that was stored."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from . import stripe_events
from .config import ProviderConfig
from .messages import (
    Charge,
    Checkout,
    CheckoutOrder,
    ConsentedCharge,
    Notice,
    RefundOrder,
    RefundState,
    Snapshot,
    SubscriptionOrder,
)
from .protocol import BadSignature, ProviderRefused
from .reading import instant, member, rows, text
from .signatures import check, header, read_object
from .stripe_calls import StripeCalls
from .stripe_money import to_stripe
from .stripe_shapes import (
    charges_of_intent,
    id_of,
    refund_state,
    snapshot_of_intent,
    snapshot_of_session,
)

TOLERANCE_SECONDS = 300
PAGE_SIZE = 100
EXPANDED_INTENT = "payment_intent.latest_charge"

Params = dict[str, Any]


class Stripe:
    """`Provider` over Stripe's SDK; the configured key is the secret or a restricted API key."""

    name = "stripe"

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config
        self._calls = StripeCalls(config)
        self.is_live = "_live_" in config.key

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        intent: Params = {"metadata": {"payment": order.key}}
        if order.keeps_method:
            intent["setup_future_usage"] = "off_session"
        params = _page(order, to_stripe(order.amount_minor, order.currency)) | {
            "mode": "payment",
            "payment_intent_data": intent,
            "metadata": {"payment": order.key, **({"keeps_method": "1"} if order.keeps_method else {})},
        }
        if order.keeps_method and not order.customer_id:
            params["customer_creation"] = "always"
        if order.expires_at:
            params["expires_at"] = int(order.expires_at.timestamp())
        return self._open(params, f"checkout-{order.key}")

    def start_subscription(self, order: SubscriptionOrder) -> Checkout:
        recurring = {"interval": order.interval, "interval_count": order.interval_count}
        params = _page(order, to_stripe(order.amount_minor, order.currency), recurring) | {
            "mode": "subscription",
            "subscription_data": {"metadata": {"subscription": order.key}},
        }
        return self._open(params, f"subscription-{order.key}")

    def fetch(self, checkout_id: str, known_ids: tuple[str, ...] = ()) -> Snapshot:
        if checkout_id.startswith("pi_"):
            intent = self._calls.ask(
                lambda api: api.payment_intents.retrieve(checkout_id, {"expand": ["latest_charge"]})
            )
            return snapshot_of_intent(intent, self._charges(intent), is_full=True)
        session = self._calls.ask(
            lambda api: api.checkout.sessions.retrieve(checkout_id, {"expand": [EXPANDED_INTENT]})
        )
        return snapshot_of_session(session, self._charges(member(session, "payment_intent")), is_full=True)

    def verify_webhook(self, body: bytes, headers: Mapping[str, str], at: datetime) -> str:
        stamp, signatures = _signed(header(headers, "stripe-signature"))
        if abs(at.timestamp() - stamp) > TOLERANCE_SECONDS:
            raise BadSignature
        check(b"%d." % stamp + body, signatures, self._config.webhook_secrets)
        event_id = text(read_object(body), "id")
        if not event_id:
            raise BadSignature
        return event_id

    def read_event(self, body: bytes, event_id: str) -> Notice:
        return stripe_events.read(body, event_id)

    def refund(self, order: RefundOrder) -> RefundState:
        """Look first: Stripe may forget an idempotency key after a day, our mark on the refund stays."""
        made = self._all(lambda api, page: api.refunds.list({"payment_intent": order.charge_id, **page}))
        for refund in made:
            if text(refund, "metadata", "refund") == order.key:
                return refund_state(refund)
        params = {
            "payment_intent": order.charge_id,
            "amount": to_stripe(order.amount_minor, order.currency),
            "metadata": {"refund": order.key},
        }
        options = {"idempotency_key": f"refund-{order.key}"}
        return refund_state(self._calls.ask(lambda api: api.refunds.create(params, options)))

    def list_payments(self, since: datetime) -> Iterator[Snapshot]:
        """Give the sessions made since then, and the intents of others: a page may be paid a day after it opened."""
        made = {"created": {"gte": int(since.timestamp())}}
        seen = set()
        for session in self._all(
            lambda api, page: api.checkout.sessions.list({**made, "expand": [f"data.{EXPANDED_INTENT}"], **page})
        ):
            intent = member(session, "payment_intent")
            seen.add(id_of(session, "payment_intent"))
            if text(session, "mode") == "payment":
                yield snapshot_of_session(session, charges_of_intent(intent))
        for intent in self._all(
            lambda api, page: api.payment_intents.list({**made, "expand": ["data.latest_charge"], **page})
        ):
            if text(intent, "metadata", "payment") and text(intent, "id") not in seen:
                yield self._snapshot_of_intent(intent)

    def charge(self, order: ConsentedCharge) -> Snapshot:
        params = {
            "amount": to_stripe(order.amount_minor, order.currency),
            "currency": order.currency.lower(),
            "customer": order.customer_id,
            "payment_method": order.method_id,
            "description": order.title,
            "metadata": {"payment": order.key, "consented": "1"},
            "confirm": True,
            "off_session": True,
            "expand": ["latest_charge"],
        }
        options = {"idempotency_key": f"charge-{order.key}"}
        intent = self._calls.ask(lambda api: api.payment_intents.create(params, options))
        return snapshot_of_intent(intent, charges_of_intent(intent))

    def cancel_subscription(self, subscription_id: str, *, at_period_end: bool) -> None:
        try:
            if at_period_end:
                changes = {"cancel_at_period_end": True}
                self._calls.ask(lambda api: api.subscriptions.update(subscription_id, changes))
            else:
                self._calls.ask(lambda api: api.subscriptions.cancel(subscription_id))
        except ProviderRefused:
            subscription = self._calls.ask(lambda api: api.subscriptions.retrieve(subscription_id))
            if text(subscription, "status") not in ("canceled", "incomplete_expired"):
                raise

    def portal_url(self, customer_id: str, return_url: str) -> str:
        params = {"customer": customer_id, "return_url": return_url}
        return str(self._calls.ask(lambda api: api.billing_portal.sessions.create(params))["url"])

    def _open(self, params: Params, key: str) -> Checkout:
        session = self._calls.ask(lambda api: api.checkout.sessions.create(params, {"idempotency_key": key}))
        return Checkout(
            id=text(session, "id"), url=str(member(session, "url") or ""), expires_at=instant(session, "expires_at")
        )

    def _charges(self, intent: object) -> tuple[Charge, ...]:
        """Return the charge of an intent with every refund and dispute of it."""
        id = text(intent, "id")
        if not id_of(intent, "latest_charge"):
            return charges_of_intent(intent)
        refunds = self._all(lambda api, page: api.refunds.list({"payment_intent": id, **page}))
        disputed = member(intent, "latest_charge", "disputed") is True
        disputes = self._all(lambda api, page: api.disputes.list({"payment_intent": id, **page})) if disputed else ()
        return charges_of_intent(intent, refunds, disputes)

    def _snapshot_of_intent(self, intent: Params) -> Snapshot:
        charges = charges_of_intent(intent)
        if text(intent, "metadata", "consented"):
            return snapshot_of_intent(intent, charges)
        owners = self._calls.ask(lambda api: api.checkout.sessions.list({"payment_intent": intent["id"], "limit": 1}))
        session = next(iter(rows(owners, "data")), {})
        return snapshot_of_session(session, charges) if session else snapshot_of_intent(intent, charges)

    def _all(self, call: Callable[[Any, Params], Any]) -> Iterator[Params]:
        """Give every item of a list, page by page."""
        page: Params = {"limit": PAGE_SIZE}
        while True:
            answer = self._calls.ask(lambda api, page=page: call(api, page))  # type: ignore[misc]
            items = rows(answer, "data")
            yield from (dict(item) for item in items)
            if member(answer, "has_more") is not True or not items:
                return
            page = {"limit": PAGE_SIZE, "starting_after": text(items[-1], "id")}


def _page(order: CheckoutOrder | SubscriptionOrder, amount: int, recurring: Params | None = None) -> Params:
    """Return what every page needs; what is charged stands in its one line."""
    price: Params = {
        "currency": order.currency.lower(),
        "unit_amount": amount,
        "product_data": {"name": order.title},
        **({"recurring": recurring} if recurring else {}),
    }
    params: Params = {
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": order.key,
        "success_url": order.return_url,
        "cancel_url": order.return_url,
    }
    if order.customer_id:
        return params | {"customer": order.customer_id}
    return params | ({"customer_email": order.email} if order.email else {})


def _signed(value: str) -> tuple[int, list[str]]:
    """Return the stamp and the signatures of scheme v1; a header with none or several stamps is no signature."""
    pairs = [part.partition("=") for part in value.split(",")]
    stamps = [given for name, _, given in pairs if name == "t"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise BadSignature
    return int(stamps[0]), [given for name, _, given in pairs if name == "v1"]
