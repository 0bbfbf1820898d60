"""Razorpay: Payment Links, Orders for charges of a stored token, and Subscriptions."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from . import razorpay_events
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
from .protocol import Declined, ProviderRefused
from .razorpay_calls import RazorpayCalls
from .razorpay_shapes import ORDER_PREFIX, charge_of, order_of, refund_state, snapshot_of_link, snapshot_of_order
from .reading import instant, member, named, number, rows, text
from .signatures import check, header, read_object

PAGE_SIZE = 100
LONGEST_ID_HEADER = 64
PERIODS = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}
# Razorpay wants to know how often it will charge; so much is ten years of each period.
CHARGES_IN_TEN_YEARS = {"day": 3650, "week": 520, "month": 120, "year": 10}

Params = dict[str, Any]


class Razorpay:
    """`Provider` over Razorpay's SDK."""

    name = "razorpay"

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config
        self._calls = RazorpayCalls(config)
        self.is_live = config.key.startswith("rzp_live_")

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """A reference may be used once, so a call that is repeated finds the link that the first one made.

        A link keeps no means of payment, whatever was asked.
        """
        params: Params = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "accept_partial": False,
            "reference_id": order.key,
            "description": order.title,
            "callback_url": order.return_url,
            "callback_method": "get",
            "notes": {"payment": order.key},
        }
        if order.email:
            params |= {"customer": {"email": order.email}, "notify": {"email": False, "sms": False}}
        if order.expires_at:
            params["expire_by"] = int(order.expires_at.timestamp())
        try:
            return _checkout_of(self._calls.ask(lambda api: api.payment_link.create(params)))
        except ProviderRefused:
            link = self._link_with(reference_id=order.key)
            if text(link, "reference_id") != order.key:
                raise
            return _checkout_of(link)

    def fetch(self, checkout_id: str, known_ids: tuple[str, ...] = ()) -> Snapshot:
        if checkout_id.startswith(ORDER_PREFIX):
            order = self._calls.ask(lambda api: api.order.fetch(checkout_id))
            charges = self._charges(checkout_id, known_ids)
            return snapshot_of_order(order, charges, is_live=self.is_live, is_full=True)
        link = self._calls.ask(lambda api: api.payment_link.fetch(checkout_id))
        charges = self._charges(order_of(link) or self._order_paid_by(link), known_ids)
        return snapshot_of_link(link, charges, is_live=self.is_live, is_full=True)

    def verify_webhook(self, body: bytes, headers: Mapping[str, str], at: datetime) -> str:
        check(body, [header(headers, "x-razorpay-signature")], self._config.webhook_secrets)
        read_object(body)
        given = header(headers, "x-razorpay-event-id")
        digest = hashlib.sha256(body).hexdigest()[:32]
        return f"{given}:{digest}" if text(given) and len(given) <= LONGEST_ID_HEADER else digest

    def read_event(self, body: bytes, event_id: str) -> Notice:
        return razorpay_events.read(body, event_id, is_live=self.is_live)

    def refund(self, order: RefundOrder) -> RefundState:
        """Look first: nobody says how long Razorpay keeps an idempotency key, our receipt on the refund stays."""
        for refund in self._all(lambda api, page: api.payment.fetch_multiple_refund(order.charge_id, page)):
            if text(refund, "receipt") == order.key:
                return refund_state(refund)
        params = {"amount": order.amount_minor, "receipt": order.key, "notes": {"refund": order.key}}
        headers = {"X-Refund-Idempotency": order.key}
        return refund_state(
            self._calls.ask(lambda api: api.payment.refund(order.charge_id, dict(params), headers=dict(headers)))
        )

    def list_payments(self, since: datetime) -> Iterator[Snapshot]:
        """Give what money there is by its payments: links cannot be listed by time."""
        made = {"from": int(since.timestamp())}
        for payment in self._all(lambda api, page: api.payment.all({**made, **page})):
            charge = charge_of(payment)
            if charge.status != "failed" and order_of(payment) and not text(payment, "invoice_id"):
                yield self._snapshot_of_charge(charge, order_of(payment))

    def charge(self, order: ConsentedCharge) -> Snapshot:
        """Charge a token for an order of ours: an order that is paid takes no second payment."""
        params = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "receipt": order.key,
            "unique_receipt": True,
            "payment_capture": True,
            "notes": {"payment": order.key},
        }
        made = self._calls.ask(lambda api: api.order.create(params))
        charges = self._charges(text(made, "id"))
        if not any(charge.status != "failed" for charge in charges):
            self._charge_token(order, text(made, "id"))
            charges = self._charges(text(made, "id"))
        return snapshot_of_order(made, charges, is_live=self.is_live)

    def start_subscription(self, order: SubscriptionOrder) -> Checkout:
        """Make a plan of these terms or take the one that is there; our id in the notes finds a repeated call's."""
        plan = self._plan(order)
        for made in self._all(lambda api, page: api.subscription.all({"plan_id": plan, **page})):
            if text(made, "notes", "subscription") == order.key:
                return _checkout_of(made)
        params = {
            "plan_id": plan,
            "total_count": max(1, CHARGES_IN_TEN_YEARS[order.interval] // order.interval_count),
            "customer_notify": True,
            "notes": {"subscription": order.key},
        }
        return _checkout_of(self._calls.ask(lambda api: api.subscription.create(params)))

    def cancel_subscription(self, subscription_id: str, *, at_period_end: bool) -> None:
        params = {"cancel_at_cycle_end": int(at_period_end)}
        try:
            self._calls.ask(lambda api: api.subscription.cancel(subscription_id, params))
        except ProviderRefused:
            subscription = self._calls.ask(lambda api: api.subscription.fetch(subscription_id))
            if text(subscription, "status") not in ("cancelled", "completed", "expired"):
                raise

    def portal_url(self, customer_id: str, return_url: str) -> str:
        raise ProviderRefused("Razorpay has no page on which customers manage their means of payment.")

    def _charges(self, order_id: str, known_ids: tuple[str, ...] = ()) -> tuple[Charge, ...]:
        """Return every payment for an order with its refunds and disputes."""
        if not order_id:
            return ()
        payments = rows(self._calls.ask(lambda api: api.order.payments(order_id)), "items")
        disputes = self._disputes(payments, known_ids)
        return tuple(
            charge_of(
                payment,
                self._refunds(payment),
                [dispute for dispute in disputes if text(dispute, "payment_id") == text(payment, "id")],
            )
            for payment in payments
        )

    def _disputes(self, payments: Sequence[Mapping[str, Any]], known_ids: tuple[str, ...]) -> list[Params]:
        """Return the disputes since the money came, and those that were named to us: no list is of one payment."""
        paid = [number(payment, "created_at") for payment in payments if charge_of(payment).status == "captured"]
        if not paid:
            return []
        since = {"from": min(paid)}
        found = {text(one, "id"): one for one in self._all(lambda api, page: api.dispute.all({**since, **page}))}
        named_to_us = [id for id in named(*known_ids) if id.startswith("disp_") and id not in found]
        return [*found.values(), *(self._dispute(id) for id in named_to_us)]

    def _dispute(self, id: str) -> Params:
        return self._calls.ask(lambda api: api.dispute.fetch(id))

    def _refunds(self, payment: object) -> Iterator[Params]:
        id = text(payment, "id")
        return self._all(lambda api, page: api.payment.fetch_multiple_refund(id, page))

    def _order_paid_by(self, link: object) -> str:
        """Return the order of a link that names only the payments for it."""
        for payment in rows(link, "payments"):
            id = text(payment, "payment_id")
            return order_of(self._calls.ask(lambda api, id=id: api.payment.fetch(id)))  # type: ignore[misc]
        return ""

    def _link_with(self, **wanted: str) -> Params:
        found = rows(self._calls.ask(lambda api: api.payment_link.all(wanted)), "payment_links")
        return dict(found[0]) if found else {}

    def _snapshot_of_charge(self, charge: Charge, order_id: str) -> Snapshot:
        link = self._link_with(payment_id=charge.id)
        if link:
            return snapshot_of_link(link, (charge,), is_live=self.is_live)
        order = self._calls.ask(lambda api: api.order.fetch(order_id))
        return snapshot_of_order(order, (charge,), is_live=self.is_live)

    def _charge_token(self, order: ConsentedCharge, order_id: str) -> None:
        customer = self._calls.ask(lambda api: api.customer.fetch(order.customer_id))
        params = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "order_id": order_id,
            "customer_id": order.customer_id,
            "token": order.method_id,
            "recurring": "1",
            "email": order.email or text(customer, "email"),
            "contact": text(customer, "contact"),
            "description": order.title,
            "notes": {"payment": order.key},
        }
        try:
            self._calls.ask(lambda api: api.payment.createRecurring(params))
        except ProviderRefused as refusal:
            raise Declined("The customer's means of payment was declined.", code=refusal.code) from None

    def _plan(self, order: SubscriptionOrder) -> str:
        item = {"name": order.title, "amount": order.amount_minor, "currency": order.currency}
        terms = {"period": PERIODS[order.interval], "interval": order.interval_count}
        for plan in self._all(lambda api, page: api.plan.all(page)):
            if all(plan.get(name) == value for name, value in terms.items()) and all(
                member(plan, "item", name) == value for name, value in item.items()
            ):
                return text(plan, "id")
        return text(self._calls.ask(lambda api: api.plan.create({**terms, "item": item})), "id")

    def _all(self, call: Callable[[Any, Params], Any]) -> Iterator[Params]:
        """Give every item of a collection, page by page."""
        skip = 0
        while True:
            page = {"count": PAGE_SIZE, "skip": skip}
            items = rows(self._calls.ask(lambda api, page=page: call(api, page)), "items")  # type: ignore[misc]
            yield from (dict(item) for item in items)
            if len(items) < PAGE_SIZE:
                return
            skip += PAGE_SIZE


def _checkout_of(page: object) -> Checkout:
    """Return the page of a link or of a subscription."""
    return Checkout(
        id=text(page, "id"), url=str(member(page, "short_url") or ""), expires_at=instant(page, "expire_by")
    )
