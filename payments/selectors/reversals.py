"""How much of a payment's money went back: one number, whatever told of it and in whatever order."""

from ..models import Dispute, Payment, Refund
from ..models.disputes import WITHDRAWN
from ..models.refunds import TAKEN


def reversed_target(payment: Payment) -> int:
    """Return how much the provider has taken from us again, in minor units: refunds and withdrawn disputes.

    Refunds are known by id, and as the highest cumulative total seen. A failed refund may stand in that total, so it
    is taken off; what is known by id is the least that it can be.
    """
    refunds = list(Refund.objects.filter(payment=payment).values_list("status", "amount_minor"))
    taken = sum(amount for status, amount in refunds if status in TAKEN)
    failed = sum(amount for status, amount in refunds if status == "failed")
    disputes = Dispute.objects.filter(payment=payment, status__in=WITHDRAWN).values_list("amount_minor", flat=True)
    return min(payment.amount_minor, max(payment.refunded_minor - failed, taken) + sum(disputes))


def refundable_minor(payment: Payment) -> int:
    """Return how much of a payment can still be refunded; refunds that are asked for count as made."""
    asked = Refund.objects.filter(payment=payment, status="requested").values_list("amount_minor", flat=True)
    return max(0, payment.amount_minor - reversed_target(payment) - sum(asked)) if payment.is_paid else 0


def status_of(payment: Payment) -> str:
    """Return the status of a paid payment by what went back of it."""
    if Dispute.objects.filter(payment=payment, status__in=WITHDRAWN).exists():
        return "disputed"
    if payment.reversed_minor >= payment.amount_minor:
        return "refunded"
    return "partially_refunded" if payment.reversed_minor else "paid"
