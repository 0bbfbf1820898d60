"""What a customer does on Stripe's page."""

from .counterpart import Json
from .stripe_account import StripeAccount


class Checkouts(StripeAccount):
    """Sessions in payment mode."""

    def pay_session(self, session: str, delayed: bool = False) -> Json:
        """Pay; with a delayed method the session completes unpaid, and `settle_session` tells how it ended."""
        checkout = self.find("session", session)
        intent = self._intent_of(checkout)
        checkout["status"] = "complete"
        if delayed:
            intent["status"] = "processing"
        else:
            checkout["payment_status"] = "paid"
            self.succeed(intent)
        self.happen("checkout.session.completed", checkout)
        return checkout

    def settle_session(self, session: str, succeeds: bool = True) -> Json:
        """End the wait of a delayed method."""
        checkout = self.find("session", session)
        intent = self.find("intent", checkout["payment_intent"])
        if succeeds:
            checkout["payment_status"] = "paid"
            self.succeed(intent)
            self.happen("checkout.session.async_payment_succeeded", checkout)
        else:
            self.fail(intent)
            self.happen("checkout.session.async_payment_failed", checkout)
        return checkout

    def fail_session(self, session: str) -> Json:
        """Decline one attempt; the page stays open, and the same intent can be paid."""
        checkout = self.find("session", session)
        self.fail(self._intent_of(checkout))
        return checkout

    def expire_session(self, session: str) -> Json:
        checkout = self.find("session", session)
        checkout["status"] = "expired"
        self.happen("checkout.session.expired", checkout)
        return checkout

    def decline_customer(self, customer: str, declines: bool = True) -> Json:
        """Make every charge without the customer fail, or succeed again."""
        found = self.find("customer", customer)
        found["_declines"] = declines
        return found

    def _intent_of(self, checkout: Json) -> Json:
        if checkout["payment_intent"]:
            return self.find("intent", checkout["payment_intent"])
        asked = checkout["_intent_data"] or {}
        checkout["customer"] = checkout["customer"] or self.new_customer()["id"]
        intent = self.new_intent(
            checkout["amount_total"],
            checkout["currency"],
            asked.get("metadata") or {},
            customer=checkout["customer"],
            setup_future_usage=asked.get("setup_future_usage"),
        )
        checkout["payment_intent"] = intent["id"]
        return intent
