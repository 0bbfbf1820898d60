"""Razorpay subscriptions: the present period stands on the subscription, each charge is a payment of an invoice."""

from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta

from .counterpart import Json
from .razorpay_account import RazorpayAccount

PERIODS = {"daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}


class Subscriptions(RazorpayAccount):
    """Plans and what customers agreed to."""

    def new_subscription(self, params: Json) -> Json:
        id = self.new_id("sub_")
        subscription = {
            "id": id,
            "entity": "subscription",
            "plan_id": params["plan_id"],
            "customer_id": params.get("customer_id"),
            "charge_at": None,
            "created_at": self.now(),
            "current_start": None,
            "current_end": None,
            "ended_at": None,
            "notes": params.get("notes") or [],
            "paid_count": 0,
            "quantity": 1,
            "remaining_count": int(params["total_count"]),
            "short_url": f"https://rzp.test/i/{id}",
            "status": "created",
            "total_count": int(params["total_count"]),
        }
        return self.keep("subscription", subscription)

    def authorize_subscription(self, subscription: str) -> Json:
        """Let the customer agree, and charge the first period."""
        found = self.find("subscription", subscription)
        found["status"] = "authenticated"
        self.happen("subscription.authenticated", subscription=found)
        found["status"] = "active"
        self.happen("subscription.activated", subscription=found)
        return self.charge_subscription(subscription)

    def charge_subscription(self, subscription: str) -> Json:
        """Begin the next period and collect for it."""
        found = self.find("subscription", subscription)
        self._next_period(found)
        payment = self._invoice(found)
        found.update(status="active", paid_count=found["paid_count"] + 1, remaining_count=found["remaining_count"] - 1)
        self.capture(payment["id"])
        self.happen("subscription.charged", subscription=found, payment=payment)
        return found

    def fail_subscription(self, subscription: str, retries_left: bool = True) -> Json:
        """Fail a charge: pending while Razorpay tries again, halted when it has given up."""
        found = self.find("subscription", subscription)
        payment = self._invoice(found)
        payment["status"] = "failed"
        self.happen("payment.failed", payment=payment)
        status = "pending" if retries_left else "halted"
        return self._become(found, status, status)

    def cancel_subscription(self, subscription: str, at_cycle_end: bool = False) -> Json:
        found = self.find("subscription", subscription)
        if at_cycle_end:
            found["has_scheduled_changes"] = True
            return found
        found["ended_at"] = self.now()
        return self._become(found, "cancelled", "cancelled")

    def pause_subscription(self, subscription: str) -> Json:
        return self._become(self.find("subscription", subscription), "paused", "paused")

    def resume_subscription(self, subscription: str) -> Json:
        return self._become(self.find("subscription", subscription), "active", "resumed")

    def change_subscription(self, subscription: str, plan: str) -> Json:
        found = self.find("subscription", subscription)
        found["plan_id"] = plan
        self.happen("subscription.updated", subscription=found)
        return found

    def _become(self, subscription: Json, status: str, told: str) -> Json:
        subscription["status"] = status
        self.happen(f"subscription.{told}", subscription=subscription)
        return subscription

    def _next_period(self, subscription: Json) -> None:
        plan = self.find("plan", subscription["plan_id"])
        start = subscription["current_end"] or self.now()
        step = relativedelta(**{PERIODS[plan["period"]]: int(plan["interval"])})
        end = int((datetime.fromtimestamp(start, UTC) + step).timestamp())
        subscription.update(current_start=start, current_end=end, charge_at=end)

    def _invoice(self, subscription: Json) -> Json:
        item = self.find("plan", subscription["plan_id"])["item"]
        order = self.new_order(int(item["amount"]), item["currency"], None, None)
        invoice = {
            "id": self.new_id("inv_"),
            "entity": "invoice",
            "amount": order["amount"],
            "billing_start": subscription["current_start"],
            "billing_end": subscription["current_end"],
            "created_at": self.now(),
            "currency": order["currency"],
            "order_id": order["id"],
            "subscription_id": subscription["id"],
        }
        self.keep("invoice", invoice)
        payment = self.new_payment(order, None, invoice_id=invoice["id"], method="card")
        invoice["payment_id"] = payment["id"]
        return payment
