"""A Razorpay account: links, orders and payments, and what is told of them."""

from typing import Any

from .counterpart import Counterpart, Json


class RazorpayAccount(Counterpart):
    """What customers do, and the events of it."""

    account_id = "acc_00000000000001"

    def happen(self, name: str, created_at: int | None = None, **entities: Json) -> None:
        """Tell of entities as they are now; the event's id travels in a header only."""
        event = {
            "entity": "event",
            "account_id": self.account_id,
            "event": name,
            "contains": list(entities),
            "payload": {kind: {"entity": _shown(entity)} for kind, entity in entities.items()},
            "created_at": self.now() if created_at is None else created_at,
        }
        self.tell(self.new_id("evt_"), name, event)

    def pay_link(self, link: str, captured: bool = True, amount: int | None = None) -> Json:
        """Pay a link; not captured is a payment that was authorised only, and may be captured late."""
        found = self.find("link", link)
        order = self._order_of(found)
        payment = self.new_payment(order, amount)
        self.happen("payment.authorized", payment=payment)
        if captured:
            self.capture(payment["id"])
        return payment

    def pay_order(self, order: str, captured: bool = True, **values: Any) -> Json:
        payment = self.new_payment(self.find("order", order), None, **values)
        self.happen("payment.authorized", payment=payment)
        if captured:
            self.capture(payment["id"])
        return payment

    def fail_link(self, link: str) -> Json:
        """Fail an attempt; Razorpay may still authorise this very payment, days later."""
        payment = self.new_payment(self._order_of(self.find("link", link)), None)
        payment.update(status="failed", error_code="BAD_REQUEST_ERROR", error_reason="payment_timed_out")
        self.happen("payment.failed", payment=payment)
        return payment

    def capture(self, payment: str) -> Json:
        """Take the money of a payment, whatever was told of it before."""
        found = self.find("payment", payment)
        found.update(status="captured", captured=True, error_code=None, error_reason=None)
        order = self.find("order", found["order_id"])
        order["amount_paid"] += found["amount"]
        order["amount_due"] = order["amount"] - order["amount_paid"]
        order["status"] = "paid" if order["amount_due"] <= 0 else "attempted"
        self.happen("payment.captured", payment=found)
        if order["status"] == "paid":
            self.happen("order.paid", payment=found, order=order)
        if order.get("_link"):
            self._link_got(self.find("link", order["_link"]), found, order)
        return found

    def expire_link(self, link: str) -> Json:
        return self._end_link(link, "expired")

    def cancel_link(self, link: str) -> Json:
        return self._end_link(link, "cancelled")

    def new_payment(self, order: Json, amount: int | None, **values: Any) -> Json:
        payment = {
            "id": self.new_id("pay_"),
            "entity": "payment",
            "amount": int(amount or order["amount"]),
            "amount_refunded": 0,
            "captured": False,
            "created_at": self.now(),
            "currency": order["currency"],
            "customer_id": None,
            "description": order["_link"].replace("plink_", "#") if order.get("_link") else None,
            "email": "customer@example.com",
            "contact": "+919000000000",
            "error_code": None,
            "error_reason": None,
            "invoice_id": None,
            "method": "upi",
            "notes": [],
            "order_id": order["id"],
            "refund_status": None,
            "status": "authorized",
            "token_id": None,
        }
        return self.keep("payment", payment | values)

    def new_order(self, amount: int, currency: str, receipt: str | None, notes: Any, **values: Any) -> Json:
        order = {
            "id": self.new_id("order_"),
            "entity": "order",
            "amount": amount,
            "amount_due": amount,
            "amount_paid": 0,
            "attempts": 0,
            "created_at": self.now(),
            "currency": currency,
            "notes": notes or [],
            "receipt": receipt,
            "status": "created",
        }
        return self.keep("order", order | values)

    def _order_of(self, link: Json) -> Json:
        """A link gets its order with the first attempt to pay."""
        if link.get("order_id"):
            return self.find("order", link["order_id"])
        order = self.new_order(link["amount"], link["currency"], link["reference_id"], None, _link=link["id"])
        link["order_id"] = order["id"]
        return order

    def _link_got(self, link: Json, payment: Json, order: Json) -> None:
        link["amount_paid"] = order["amount_paid"]
        link["payments"] = [{"payment_id": payment["id"], "amount": payment["amount"], "status": "captured"}]
        paid = link["amount_paid"] >= link["amount"]
        link["status"] = "paid" if paid else "partially_paid"
        bare = order | {"id": order["id"].removeprefix("order_")}
        self.happen(
            f"payment_link.{link['status']}", link["created_at"], payment_link=link, order=bare, payment=payment
        )

    def _end_link(self, link: str, status: str) -> Json:
        found = self.find("link", link)
        found["status"] = status
        self.happen(f"payment_link.{status}", found["created_at"], payment_link=found)
        return found


def _shown(entity: Json) -> Json:
    return {name: value for name, value in entity.items() if not name.startswith("_")}
