"""Bring the ledger to what the provider says of a payment, one step in each transaction.

A step that was done is found done, so a crash between two steps loses nothing and doubles nothing.
"""

from uuid import UUID

from core import clock
from core.amounts import format_micros, from_micros, to_micros
from credits import selectors, services
from credits.services import Origin

from .. import currencies
from ..models import Effect, Payment
from ..news import tell
from ..selectors.reversals import reversed_target, status_of
from .charges import tell_charged
from .effects import claw_back, give_back
from .receipts import issue_receipt
from .transactions import in_transaction

FIRST_PURCHASE = "first_purchase_at"


def settle_payment(*, payment_id: UUID) -> None:
    """Credit a payment that was paid, then take back or give back what refunds and disputes ask for."""
    while in_transaction(lambda: _take_step(payment_id)):
        pass


def _take_step(payment_id: UUID) -> bool:
    """Take the next step and tell whether there may be another; at most one wallet is locked in it, once."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.charge_id is None:
        return _finish(payment)
    if not payment.is_paid:
        return _credit(payment)
    minor = reversed_target(payment)
    due = from_micros(currencies.share_of(to_micros(payment.credits), minor, payment.amount_minor))
    if due > payment.reversed_credits:
        return claw_back(payment, due - payment.reversed_credits)
    if due < payment.reversed_credits:
        return give_back(payment, due)
    return _note_reversed(payment, minor)


def _credit(payment: Payment) -> bool:
    """Mark the payment paid and issue its grant in the same transaction; paid is reached here and only here."""
    at = clock.now()
    if payment.credits:
        posted = services.issue_grant(
            reference=payment.wallet.reference,
            amount=payment.credits,
            source="purchase",
            expires_in_days=payment.expires_in_days,
            cost_minor=payment.amount_minor,
            currency=payment.currency,
            description=payment.title,
            metadata={"payment": str(payment.pk)},
            origin=Origin(key=f"payment:{payment.pk}:credit"),
        )
        payment.grant_id = UUID(str(posted.entry.grant))
        _keep_effect(payment, UUID(posted.entry.id))
    payment.status, payment.paid_at, payment.updated_at, payment.top_up_of = "paid", at, at, None
    payment.save(update_fields=["status", "paid_at", "updated_at", "top_up_of", "grant"])
    reference = payment.wallet.reference
    if FIRST_PURCHASE not in selectors.facts_of(reference):
        services.state_fact(reference=reference, name=FIRST_PURCHASE, value=at.isoformat())
    receipt = issue_receipt(payment=payment, at=at)
    tell("payment.paid", payment, credits=format_micros(to_micros(payment.credits)), receipt=str(receipt))
    tell_charged(payment)
    return True


def _keep_effect(payment: Payment, entry_id: UUID) -> None:
    Effect.objects.create(
        payment=payment,
        provider=payment.provider,
        charge_id=str(payment.charge_id),
        effect="credited",
        kind="credited",
        credits=payment.credits,
        posted=payment.credits,
        grant_id=payment.grant_id,
        entry_id=entry_id,
    )


def _note_reversed(payment: Payment, minor: int) -> bool:
    before, payment.reversed_minor = payment.reversed_minor, minor
    status, payment.status = payment.status, status_of(payment)
    if minor != before:
        tell("payment.refunded" if minor > before else "payment.restored", payment, reversed_minor=minor)
    if (minor, payment.status) != (before, status):
        payment.updated_at = clock.now()
        payment.save(update_fields=["reversed_minor", "status", "updated_at"])
    return _finish(payment)


def _finish(payment: Payment) -> bool:
    if not payment.is_settled:
        Payment.objects.filter(pk=payment.pk).update(is_settled=True)
    return False
