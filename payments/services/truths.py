"""Take in what a provider says of a payment.

Every fact is a join: statuses only rise, totals only grow, ids are only added. So events may come twice, late and in
any order, and the rows end the same; what the ledger must do about it follows from the rows alone.
"""

from collections.abc import Sequence
from uuid import UUID

from core import clock

from ..models import Dispute, Payment, ProviderId, Refund, StoredMethod
from ..models.disputes import STATUSES as DISPUTE_STATUSES
from ..models.payments import UNPAID
from ..models.refunds import STATUSES as REFUND_STATUSES
from ..news import tell
from ..providers.messages import Charge, DisputeState, RefundState, Snapshot
from .mismatches import mismatch_of, raise_alarm
from .settling import settle_payment
from .transactions import in_transaction

FACTS = ("charge_id", "checkout_id", "refunded_minor", "status", "top_up_of", "is_settled", "updated_at")
DISPUTE_WORDS = {"inquiry": "opened", "open": "opened", "lost": "lost", "won": "won"}


def apply_truth(*, payment: Payment, snapshot: Snapshot) -> Payment:
    """Bring a payment and the ledger to what the provider says; harmless to repeat, from any number of workers.

    What does not equal the stored payment (amount, currency, mode, reference, checkout) credits nothing and raises an
    alarm. Money that comes a second time for the same checkout is a payment of its own.
    """
    for payment_id in in_transaction(lambda: _take_in(payment.first_id or payment.pk, snapshot)):
        settle_payment(payment_id=payment_id)
    return Payment.objects.get(pk=payment.pk)


def _take_in(root_id: UUID, snapshot: Snapshot) -> list[UUID]:
    """Write the facts under the payment's lock and return the payments that they are about."""
    root = Payment.objects.select_for_update().get(pk=root_id)
    wrong = mismatch_of(root, snapshot)
    if wrong:
        raise_alarm(root, wrong)
        return []
    touched = {root.pk: root}
    for charge in snapshot.charges:
        owner = _owner_of(charge, root) if charge.status == "captured" else root
        touched[owner.pk] = owner
        _take_charge(owner, charge)
    _learn_ids(root, snapshot)
    _take_end(root, snapshot)
    _save(list(touched.values()))
    return sorted(touched)


def _owner_of(charge: Charge, root: Payment) -> Payment:
    """Return the payment that this money pays: the one that has it, the first one, or a new one beside it."""
    known = Payment.objects.select_for_update().filter(provider=root.provider, charge_id=charge.id).first()
    if known is not None and known.pk != root.pk:
        return known
    if root.charge_id in (None, charge.id):
        root.charge_id = charge.id
        return root
    return _paid_again(root, charge)


def _paid_again(root: Payment, charge: Charge) -> Payment:
    again = Payment.objects.create(
        first=root,
        wallet=root.wallet,
        provider=root.provider,
        is_live=root.is_live,
        purpose=root.purpose,
        amount_minor=root.amount_minor,
        currency=root.currency,
        credits=root.credits,
        pack=root.pack,
        quantity=root.quantity,
        expires_in_days=root.expires_in_days,
        title=root.title,
        requested_by=root.requested_by,
        charge_id=charge.id,
        is_settled=False,
        created_at=clock.now(),
    )
    tell("payment.paid_again", again, first=str(root.pk))
    return again


def _take_charge(owner: Payment, charge: Charge) -> None:
    owner.refunded_minor = max(owner.refunded_minor, charge.refunded_minor)
    if charge.status == "captured":
        for refund in charge.refunds:
            take_refund(owner, refund)
        for dispute in charge.disputes:
            _take_dispute(owner, dispute)
    elif charge.status == "failed":
        _rise(owner, "failed")
    if charge.customer_id:
        _store_method(owner, charge)


def take_refund(payment: Payment, state: RefundState) -> Refund:
    """Write what became of a refund, ours by its reference or by its id at the provider; under the payment's lock."""
    refunds = Refund.objects.filter(payment=payment)
    known = refunds.filter(provider_refund_id=state.id).first()
    ours = _ours(payment, state.reference)
    if known is not None and ours is not None and known.pk != ours.pk:
        known.delete()
        known = None
    refund = known or ours or _foreign_refund(payment, state)
    refund.provider_refund_id = state.id
    if REFUND_STATUSES.index(state.status) > REFUND_STATUSES.index(refund.status):
        refund.status, refund.next_attempt_at = state.status, None
        tell("refund.failed" if state.status == "failed" else f"refund.{state.status}", payment, refund=str(refund.pk))
    refund.save()
    return refund


def _foreign_refund(payment: Payment, state: RefundState) -> Refund:
    return Refund(
        payment=payment,
        provider=payment.provider,
        amount_minor=state.amount_minor,
        reason="Made at the provider",
        requested_by=f"provider:{payment.provider}",
    )


def _take_dispute(payment: Payment, state: DisputeState) -> None:
    dispute = Dispute.objects.filter(provider=payment.provider, provider_dispute_id=state.id).first() or Dispute(
        payment=payment, provider=payment.provider, provider_dispute_id=state.id, amount_minor=0, status=""
    )
    rank = DISPUTE_STATUSES.index(dispute.status) if dispute.status else -1
    dispute.amount_minor = max(dispute.amount_minor, state.amount_minor)
    if DISPUTE_STATUSES.index(state.status) > rank:
        dispute.status = state.status
        tell(f"dispute.{DISPUTE_WORDS[state.status]}", payment, dispute=state.id, dispute_status=state.status)
    dispute.save()
    _learn(payment, [state.id])


def _take_end(root: Payment, snapshot: Snapshot) -> None:
    if snapshot.ended:
        _rise(root, snapshot.ended)
    elif root.status == "created" and root.charge_id is None:
        _rise(root, "pending")


def _rise(payment: Payment, status: str) -> None:
    """Move an unpaid payment to a later status; paid is reached where its credits are issued."""
    if payment.status not in UNPAID or UNPAID.index(status) <= UNPAID.index(payment.status):
        return
    payment.status = status
    if payment.charge_id is None and status != "pending":
        payment.top_up_of = None
        tell(f"payment.{status}", payment)


def _learn_ids(root: Payment, snapshot: Snapshot) -> None:
    if snapshot.checkout_id:
        root.checkout_id = snapshot.checkout_id
    named = [snapshot.checkout_id, *(name for charge in snapshot.charges for name in (charge.id, *charge.aliases))]
    _learn(root, named)


def _learn(payment: Payment, values: Sequence[str]) -> None:
    """Remember the names of a payment; all of a family lead to the first."""
    known = set(ProviderId.objects.filter(provider=payment.provider, value__in=values).values_list("value", flat=True))
    for value in dict.fromkeys(value for value in values if value and value not in known):
        ProviderId.objects.create(provider=payment.provider, value=value, payment_id=payment.first_id or payment.pk)


def _store_method(payment: Payment, charge: Charge) -> None:
    kept = {"customer_id": charge.customer_id, "updated_at": clock.now()}
    if charge.method_id and (payment.keeps_method or payment.purpose == "top_up"):
        kept["method_id"] = charge.method_id
    StoredMethod.objects.update_or_create(
        wallet=payment.wallet, provider=payment.provider, is_live=payment.is_live, defaults=kept
    )


def _save(payments: Sequence[Payment]) -> None:
    for payment in payments:
        payment.updated_at, payment.is_settled = clock.now(), False
        payment.save(update_fields=FACTS)


def _ours(payment: Payment, reference: str) -> Refund | None:
    try:
        return Refund.objects.filter(payment=payment, pk=UUID(reference)).first()
    except ValueError:
        return None
