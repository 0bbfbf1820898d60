"""What must equal the stored payment before anything is believed."""

from collections.abc import Iterator

from core import clock

from ..models import Payment, ProviderId
from ..news import tell
from ..providers.messages import Charge, Snapshot


def mismatch_of(root: Payment, snapshot: Snapshot) -> str:
    """Return what does not equal the stored payment, "" if all does: mode, reference, checkout, amount, currency."""
    return next(_mismatches(root, snapshot), "")


def raise_alarm(payment: Payment, wrong: str) -> None:
    """Tell once that something claims to be of a payment and is not; nothing is credited for it."""
    if payment.alarm == wrong:
        return
    payment.alarm, payment.updated_at = wrong, clock.now()
    payment.save(update_fields=["alarm", "updated_at"])
    tell("payment.mismatch", payment, detail=wrong)


def _mismatches(root: Payment, snapshot: Snapshot) -> Iterator[str]:
    if snapshot.is_live != root.is_live:
        yield f"The money is {_mode(snapshot.is_live)}, the payment {_mode(root.is_live)}."
    if snapshot.reference and snapshot.reference != str(root.pk):
        yield f"It is of the reference {snapshot.reference[:64]}."
    if snapshot.checkout_id and root.checkout_id and snapshot.checkout_id != root.checkout_id:
        yield f"It is of the checkout {snapshot.checkout_id[:64]}."
    for charge in snapshot.charges:
        if charge.status == "captured":
            yield from _of_charge(root, charge)
    yield from _of_names(root, snapshot)


def _of_charge(root: Payment, charge: Charge) -> Iterator[str]:
    if (charge.amount_minor, charge.currency) != (root.amount_minor, root.currency):
        paid, due = (charge.amount_minor, charge.currency), (root.amount_minor, root.currency)
        yield f"{paid[0]} {paid[1]} in smallest units came, {due[0]} {due[1]} were due."


def _of_names(root: Payment, snapshot: Snapshot) -> Iterator[str]:
    values = [charge.id for charge in snapshot.charges] + [snapshot.checkout_id]
    others = ProviderId.objects.filter(provider=root.provider, value__in=values).exclude(payment=root)
    for name in others.values_list("value", flat=True)[:1]:
        yield f"{name} belongs to another payment."


def _mode(is_live: bool) -> str:
    return "live" if is_live else "of a test mode"
