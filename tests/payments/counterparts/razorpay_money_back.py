"""Money that goes back at Razorpay: a refund says its own amount, the payment says the total."""

from .counterpart import Json, Refusal
from .razorpay_account import RazorpayAccount


def bad_request(description: str, field: str | None = None, status: int = 400) -> Refusal:
    """Return Razorpay's answer to a request that it refuses."""
    error = {"code": "BAD_REQUEST_ERROR", "description": description, "source": "business", "field": field}
    return Refusal(status, {"error": error})


class MoneyBack(RazorpayAccount):
    """Refunds and disputes of payments."""

    def refund(self, payment: str, amount: int | None = None, receipt: str | None = None, notes: object = None) -> Json:
        found = self.objects.get("payment", {}).get(payment)
        if found is None:
            raise bad_request("The id provided does not exist")
        left = found["amount"] - found["amount_refunded"]
        wanted = left if amount is None else int(amount)
        if not found["captured"]:
            raise bad_request("The payment status should be captured for action to be taken")
        if not 0 < wanted <= left:
            raise bad_request("The total refund amount is greater than the refund payment amount", "amount")
        refund = self._new_refund(found, wanted, receipt, notes)
        self._add_to_total(found, wanted)
        self.happen("refund.created", refund=refund, payment=found)
        self.happen("refund.processed", refund=refund, payment=found)
        return refund

    def fail_refund(self, refund: str) -> Json:
        """Let a refund fail at the bank, after it was told as processed."""
        found = self.find("refund", refund)
        found["status"] = "failed"
        payment = self.find("payment", found["payment_id"])
        self._add_to_total(payment, -found["amount"])
        self.happen("refund.failed", refund=found, payment=payment)
        return found

    def dispute(self, payment: str, amount: int | None = None) -> Json:
        """Open a dispute; Razorpay takes the money when it is lost."""
        disputed = self.find("payment", payment)
        dispute = {
            "id": self.new_id("disp_"),
            "entity": "dispute",
            "amount": int(amount or disputed["amount"]),
            "amount_deducted": 0,
            "created_at": self.now(),
            "currency": disputed["currency"],
            "payment_id": payment,
            "phase": "chargeback",
            "reason_code": "goods_or_services_not_received_or_partially_received",
            "status": "open",
        }
        self.keep("dispute", dispute)
        self.happen("payment.dispute.created", payment=disputed, dispute=dispute)
        return dispute

    def close_dispute(self, dispute: str, outcome: str) -> Json:
        """End a dispute as `won`, `lost` or `closed`."""
        found = self.find("dispute", dispute)
        found.update(status=outcome, amount_deducted=found["amount"] if outcome == "lost" else 0)
        payment = self.find("payment", found["payment_id"])
        self.happen(f"payment.dispute.{outcome}", payment=payment, dispute=found)
        return found

    def _new_refund(self, payment: Json, amount: int, receipt: str | None, notes: object) -> Json:
        refund = {
            "id": self.new_id("rfnd_"),
            "entity": "refund",
            "amount": amount,
            "created_at": self.now(),
            "currency": payment["currency"],
            "notes": notes or [],
            "payment_id": payment["id"],
            "receipt": receipt,
            "speed_processed": "normal",
            "status": "processed",
        }
        return self.keep("refund", refund)

    def _add_to_total(self, payment: Json, amount: int) -> None:
        payment["amount_refunded"] += amount
        if payment["amount_refunded"] == payment["amount"]:
            payment.update(refund_status="full", status="refunded")
        else:
            payment.update(refund_status="partial" if payment["amount_refunded"] else None, status="captured")
