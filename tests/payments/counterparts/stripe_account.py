"""A Stripe account in test mode: customers and intents, and what is told of them."""

from typing import Any

from .counterpart import Counterpart, Json
from .stripe_shapes import API_VERSION, charge_of, intent_of, shown


class StripeAccount(Counterpart):
    """What checkouts, refunds and subscriptions all need."""

    def happen(self, name: str, item: Json, previous: Json | None = None) -> None:
        """Tell of an object as it is now."""
        data: Json = {"object": shown(item)}
        if previous is not None:
            data["previous_attributes"] = previous
        id = self.new_id("evt_")
        event = {
            "id": id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": name,
            "data": data,
        }
        self.keep("event", event)
        self.tell(id, name, event)

    def new_customer(self, email: str | None = None, metadata: Json | None = None) -> Json:
        customer = {
            "id": self.new_id("cus_"),
            "object": "customer",
            "created": self.now(),
            "email": email,
            "invoice_settings": {"default_payment_method": None},
            "livemode": False,
            "metadata": metadata or {},
        }
        return self.keep("customer", customer)

    def new_intent(self, amount: int, currency: str, metadata: Json, **values: Any) -> Json:
        return self.keep("intent", intent_of(self, amount, currency, metadata) | values)

    def succeed(self, intent: Json) -> Json:
        """Collect an intent; its method can be charged again when that was asked for."""
        method = intent["payment_method"] or self.new_id("pm_")
        self.keep("method", {"id": method, "object": "payment_method", "type": "card", "customer": intent["customer"]})
        intent["payment_method"] = method
        charge = self.keep("charge", charge_of(self, intent))
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            last_payment_error=None,
        )
        self.happen("charge.succeeded", charge)
        self.happen("payment_intent.succeeded", intent)
        return intent

    def fail(self, intent: Json) -> None:
        """Decline an attempt: the same intent may be tried again."""
        error = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
        intent.update(status="requires_payment_method", last_payment_error=error)
        self.happen("payment_intent.payment_failed", intent)
