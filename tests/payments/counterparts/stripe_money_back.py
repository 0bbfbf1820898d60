"""Money that goes back at Stripe: refunds, whose total stands on the charge, and disputes."""

from .counterpart import Json, Refusal
from .stripe_account import StripeAccount
from .stripe_shapes import dispute_of, refund_of


def invalid(message: str, code: str | None = None, param: str | None = None) -> Refusal:
    """Return Stripe's answer to a request that it understands and refuses."""
    return Refusal(400, {"error": {"type": "invalid_request_error", "message": message, "code": code, "param": param}})


class MoneyBack(StripeAccount):
    """Refunds and disputes of charges."""

    def refund(self, intent: str, amount: int | None = None, metadata: Json | None = None) -> Json:
        """Refund an intent's charge, whoever asks: our code or somebody at the provider's dashboard."""
        charge = self._charge_of(intent)
        left = charge["amount"] - charge["amount_refunded"]
        wanted = left if amount is None else int(amount)
        if left == 0:
            raise invalid(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
        if not 0 < wanted <= left:
            raise invalid("Refund amount is greater than unrefunded amount on charge.", param="amount")
        refund = self.keep("refund", refund_of(self, charge, wanted, metadata or {}))
        self._add_to_total(charge, wanted)
        self.happen("refund.created", refund)
        self.happen("charge.refunded", charge)
        self.happen("refund.updated", refund)
        return refund

    def fail_refund(self, refund: str) -> Json:
        """Let a refund come back from the customer's bank days later."""
        found = self.find("refund", refund)
        found.update(status="failed", failure_reason="expired_or_canceled_card")
        self._add_to_total(self.find("charge", found["charge"]), -found["amount"])
        self.happen("refund.failed", found)
        return found

    def dispute(self, intent: str, amount: int | None = None, inquiry: bool = False) -> Json:
        """Open a dispute, which takes the money at once; an inquiry takes none."""
        charge = self._charge_of(intent)
        status = "warning_needs_response" if inquiry else "needs_response"
        dispute = self.keep("dispute", dispute_of(self, charge, int(amount or charge["amount"]), status))
        charge["disputed"] = True
        self.happen("charge.dispute.created", dispute)
        if not inquiry:
            dispute["balance_transactions"] = [{"object": "balance_transaction", "amount": -dispute["amount"]}]
            self.happen("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def close_dispute(self, dispute: str, outcome: str) -> Json:
        """End a dispute as `won`, `lost` or `warning_closed`; a won one gives the money back."""
        found = self.find("dispute", dispute)
        found["status"] = outcome
        if outcome == "won":
            back = {"object": "balance_transaction", "amount": found["amount"]}
            found["balance_transactions"] = [*found["balance_transactions"], back]
            self.happen("charge.dispute.funds_reinstated", found)
        self.happen("charge.dispute.closed", found)
        return found

    def _charge_of(self, intent: str) -> Json:
        if intent not in self.objects.get("intent", {}):
            raise invalid(f"No such payment_intent: '{intent}'", "resource_missing", "payment_intent")
        charge = self.find("intent", intent)["latest_charge"]
        if charge is None:
            raise invalid("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
        return self.find("charge", charge)

    def _add_to_total(self, charge: Json, amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
