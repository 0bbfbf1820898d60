"""Compare one payment with what the provider says of it, and heal what is safe."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from core import clock

from ..models import Payment
from ..models.disputes import WITHDRAWN
from ..models.refunds import TAKEN
from ..news import tell
from ..providers.messages import Charge, Snapshot
from .settling import settle_payment
from .truths import apply_truth

CLASSES = ("paid_not_credited", "credited_not_paid", "amount_differs", "reversed_not_clawed")
# A checkout that nobody paid is given up after this time; money that comes later is credited all the same.
OPEN_FOR = timedelta(days=4)


@dataclass
class Findings:
    """What differed: how many of each class, how many were healed, and one sentence for each that was not."""

    found: Counter[str] = field(default_factory=Counter)
    healed: int = 0
    reports: list[str] = field(default_factory=list)
    compared: int = 0
    total: int = 0

    def note(self, before: Iterable[str], after: Iterable[str], about: str) -> None:
        """Count what one payment showed before and after it was brought up to date."""
        self.found.update({*before, *after})
        self.healed += len(set(before) - set(after))
        self.reports += [f"{name}: {about}" for name in after]


def compare_and_heal(payment: Payment, snapshot: Snapshot, findings: Findings) -> None:
    """Classify a payment, bring it to what the provider says, and classify again: what stays needs an operator."""
    before = classify(payment, snapshot)
    apply_truth(payment=payment, snapshot=snapshot)
    for member in Payment.objects.filter(Q(pk=payment.pk) | Q(first=payment)):
        settle_payment(payment_id=member.pk)
    _give_up(payment)
    payment.refresh_from_db()
    findings.note(before, classify(payment, snapshot), f"{payment.pk} {payment.alarm}".strip())


def classify(payment: Payment, snapshot: Snapshot) -> list[str]:
    """Return the classes of difference between a payment, with those beside it, and the provider's word."""
    captured = {charge.id: charge for charge in snapshot.charges if charge.status == "captured"}
    family = Payment.objects.filter(Q(pk=payment.pk) | Q(first=payment), paid_at__isnull=False)
    held = {str(member.charge_id): member for member in family}
    due = (payment.amount_minor, payment.currency)
    wrong = {name for name, charge in captured.items() if (charge.amount_minor, charge.currency) != due}
    shared = held.keys() & captured.keys()
    found = {
        "paid_not_credited": captured.keys() - held.keys() - wrong,
        "credited_not_paid": held.keys() - captured.keys(),
        "amount_differs": wrong,
        "reversed_not_clawed": {name for name in shared if held[name].reversed_minor != _went_back(captured[name])},
    }
    return [name for name in CLASSES if found[name]]


def _went_back(charge: Charge) -> int:
    refunded = sum(refund.amount_minor for refund in charge.refunds if refund.status in TAKEN)
    disputed = sum(dispute.amount_minor for dispute in charge.disputes if dispute.status in WITHDRAWN)
    return min(charge.amount_minor, max(refunded, charge.refunded_minor) + disputed)


@transaction.atomic
def _give_up(payment: Payment) -> None:
    """Let a checkout that nobody paid for days count as expired."""
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    waits = locked.charge_id is None and locked.status in ("created", "pending")
    if waits and locked.created_at < clock.now() - OPEN_FOR:
        locked.status, locked.top_up_of, locked.updated_at = "expired", None, clock.now()
        locked.save(update_fields=["status", "top_up_of", "updated_at"])
        tell("payment.expired", locked)
