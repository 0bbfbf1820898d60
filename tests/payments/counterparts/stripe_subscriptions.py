"""Stripe subscriptions: each period has an invoice, and the periods stand on the items."""

from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta

from .counterpart import Json
from .stripe_account import StripeAccount
from .stripe_checkouts import Checkouts
from .stripe_shapes import price_of


class Subscriptions(Checkouts, StripeAccount):
    """Sessions in subscription mode, and what follows from them."""

    def pay_session(self, session: str, delayed: bool = False) -> Json:
        checkout = self.find("session", session)
        if checkout["mode"] != "subscription":
            return super().pay_session(session, delayed)
        checkout["customer"] = checkout["customer"] or self.new_customer()["id"]
        subscription = self._start(checkout)
        self.happen("customer.subscription.created", subscription)
        invoice = self._bill(subscription, "subscription_create", succeeds=True)
        checkout.update(
            status="complete", payment_status="paid", subscription=subscription["id"], invoice=invoice["id"]
        )
        self.happen("checkout.session.completed", checkout)
        return checkout

    def renew_subscription(self, subscription: str, succeeds: bool = True) -> Json:
        """Begin the next period and collect for it."""
        found = self.find("subscription", subscription)
        item = found["items"]["data"][0]
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] = _after(item["current_period_start"], item["price"]["recurring"])
        return self._bill(found, "subscription_cycle", succeeds)

    def pay_invoice(self, invoice: str) -> Json:
        """Collect an open invoice: the customer has given another card."""
        found = self.find("invoice", invoice)
        subscription = self.find("subscription", found["parent"]["subscription_details"]["subscription"])
        self._collect(found, subscription, succeeds=True)
        return found

    def cancel_subscription(self, subscription: str) -> Json:
        found = self.find("subscription", subscription)
        found.update(status="canceled", canceled_at=self.now(), ended_at=self.now())
        self.happen("customer.subscription.deleted", found)
        return found

    def change_subscription(self, subscription: str, changes: Json) -> Json:
        """Change members and tell what they were."""
        found = self.find("subscription", subscription)
        previous = {name: found.get(name) for name in changes}
        found.update(changes)
        self.happen("customer.subscription.updated", found, previous)
        return found

    def _start(self, checkout: Json) -> Json:
        price = price_of(self, checkout["_lines"][0])
        start = self.now()
        item = {
            "id": self.new_id("si_"),
            "object": "subscription_item",
            "current_period_start": start,
            "current_period_end": _after(start, price["recurring"]),
            "price": {"id": price.get("id") or self.new_id("price_"), "object": "price", **price},
            "quantity": 1,
        }
        subscription = {
            "id": self.new_id("sub_"),
            "object": "subscription",
            "cancel_at_period_end": False,
            "canceled_at": None,
            "created": start,
            "currency": checkout["currency"],
            "customer": checkout["customer"],
            "items": {"object": "list", "data": [item], "has_more": False},
            "latest_invoice": None,
            "livemode": False,
            "metadata": (checkout["_subscription_data"] or {}).get("metadata") or {},
            "pause_collection": None,
            "status": "active",
        }
        return self.keep("subscription", subscription)

    def _bill(self, subscription: Json, reason: str, succeeds: bool) -> Json:
        invoice = self.keep("invoice", _invoice_of(self, subscription, reason))
        subscription["latest_invoice"] = invoice["id"]
        self._collect(invoice, subscription, succeeds)
        return invoice

    def _collect(self, invoice: Json, subscription: Json, succeeds: bool) -> None:
        invoice["attempt_count"] += 1
        intent = self.new_intent(
            invoice["amount_due"], invoice["currency"], {}, customer=invoice["customer"], _of_invoice=True
        )
        payment = {"type": "payment_intent", "payment_intent": intent["id"]}
        invoice["payments"] = {"object": "list", "data": [{"object": "invoice_payment", "payment": payment}]}
        if succeeds:
            self.succeed(intent)
            invoice.update(status="paid", amount_paid=invoice["amount_due"], amount_remaining=0)
            self.happen("invoice.paid", invoice)
            self.happen("invoice.payment_succeeded", invoice)
        else:
            self.fail(intent)
            self.happen("invoice.payment_failed", invoice)
        self._follow(subscription, "active" if succeeds else "past_due")

    def _follow(self, subscription: Json, status: str) -> None:
        if subscription["status"] != status:
            self.change_subscription(subscription["id"], {"status": status})


def _invoice_of(account: StripeAccount, subscription: Json, reason: str) -> Json:
    item = subscription["items"]["data"][0]
    amount = int(item["price"]["unit_amount"])
    details = {"subscription": subscription["id"], "metadata": subscription["metadata"]}
    line = {
        "id": account.new_id("il_"),
        "object": "line_item",
        "amount": amount,
        "currency": subscription["currency"],
        "parent": {
            "type": "subscription_item_details",
            "subscription_item_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
        },
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "pricing": {"type": "price_details", "price_details": {"price": item["price"]["id"]}},
    }
    return {
        "id": account.new_id("in_"),
        "object": "invoice",
        "amount_due": amount,
        "amount_paid": 0,
        "amount_remaining": amount,
        "attempt_count": 0,
        "billing_reason": reason,
        "created": account.now(),
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "lines": {"object": "list", "data": [line], "has_more": False},
        "livemode": False,
        "metadata": {},
        "parent": {"type": "subscription_details", "subscription_details": details},
        "period_start": item["current_period_start"],
        "period_end": item["current_period_end"],
        "status": "open",
        "total": amount,
    }


def _after(start: int, recurring: Json) -> int:
    count = int(recurring.get("interval_count") or 1)
    step = relativedelta(**{f"{recurring['interval']}s": count})
    return int((datetime.fromtimestamp(start, UTC) + step).timestamp())
