"""Give money back: our row first, then the provider, so that a crash in between neither loses nor doubles it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.services.audit import Origin as AuditOrigin
from accounts.services.audit import record_action
from core import clock
from core.exceptions import KeyReused
from credits.engine.chain import fingerprint
from credits.services import Origin

from .. import currencies
from ..exceptions import PaymentNotRefundable
from ..models import Payment, Refund
from ..news import tell
from ..providers.messages import RefundOrder, RefundState
from ..providers.protocol import ProviderError, ProviderRefused
from ..selectors.reversals import refundable_minor
from .provider_calls import ask, problem_of
from .settling import settle_payment
from .truths import take_refund

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refunded:
    refund: Refund
    replayed: bool


def refund_payment(
    *,
    payment: UUID,
    amount_minor: int | None = None,
    reason: str,
    origin: Origin,
    audit: AuditOrigin | None = None,
) -> Refunded:
    """Give back a paid payment, all that is left of it or `amount_minor`; the credits go back by the same share.

    While the provider does not answer the refund stays `requested` and is sent again under the same key. Raises
    PaymentNotRefundable, KeyReused, ProviderRefusal.
    """
    print_of = fingerprint("Refund", [str(payment), amount_minor, reason])
    known = _find(origin)
    refund = known or _store(payment, amount_minor, reason, origin, print_of, audit)
    if refund.fingerprint != print_of:
        raise KeyReused
    if refund.status == "requested":
        try:
            refund = send_refund(refund=refund)
        except ProviderRefused as error:
            raise problem_of(error) from error
    return Refunded(refund, known is not None)


def send_refund(*, refund: Refund) -> Refund:
    """Ask the provider for a requested refund, once however often; raise ProviderRefused, which ends it."""
    payment = refund.payment
    order = RefundOrder(
        key=str(refund.pk),
        charge_id=str(payment.charge_id),
        amount_minor=refund.amount_minor,
        currency=payment.currency,
        reason=refund.reason,
    )
    try:
        state = ask("refund", payment.provider, lambda to: to.refund(order), payment=payment)
    except ProviderRefused as error:
        _note_refused(refund, error)
        raise
    except ProviderError:
        return _wait(refund)
    return _note_state(refund, state)


def send_due_refunds() -> int:
    """Send again the refunds that the provider has not answered; return how many were tried."""
    due = Refund.objects.filter(status="requested", next_attempt_at__lte=clock.now()).select_related("payment")
    refunds = list(due.order_by("created_at")[:100])
    for refund in refunds:
        try:
            send_refund(refund=refund)
        except ProviderRefused:
            continue
    return len(refunds)


@transaction.atomic
def _note_state(refund: Refund, state: RefundState) -> Refund:
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    told = RefundState(id=state.id, amount_minor=state.amount_minor, status=state.status, reference=str(refund.pk))
    kept = take_refund(payment, told)
    Payment.objects.filter(pk=payment.pk).update(is_settled=False, updated_at=clock.now())
    transaction.on_commit(lambda: settle_payment(payment_id=payment.pk))
    return kept


def _find(origin: Origin) -> Refund | None:
    if origin.key is None:
        return None
    found = Refund.objects.filter(requested_by=origin.actor, idempotency_key=origin.key)
    return found.select_related("payment").first()


def _store(
    payment_id: UUID,
    amount_minor: int | None,
    reason: str,
    origin: Origin,
    print_of: str,
    audit: AuditOrigin | None,
) -> Refund:
    try:
        with transaction.atomic():
            payment = Payment.objects.select_for_update().get(pk=payment_id)
            # A twin may have had the lock before, and what it took must not refuse its repetition.
            twin = _find(origin)
            if twin is not None:
                return twin
            refund = Refund(
                payment=payment,
                provider=payment.provider,
                amount_minor=_amount(payment, amount_minor),
                reason=reason,
                requested_by=origin.actor,
                idempotency_key=origin.key,
                fingerprint=print_of,
                next_attempt_at=clock.now() + FIRST_WAIT,
                created_at=clock.now(),
            )
            refund.save(force_insert=True)
            tell("refund.requested", payment, refund=str(refund.pk), refund_minor=refund.amount_minor)
            if audit is not None:
                _record(refund, audit)
            return refund
    except IntegrityError:
        twin = _find(origin)
        if twin is None:
            raise
        return twin


def _record(refund: Refund, audit: AuditOrigin) -> None:
    record_action(
        origin=audit,
        action="payment.refund",
        target_type="payment",
        target_id=refund.payment_id,
        reason=refund.reason,
        after={"refund": str(refund.pk), "amount_minor": refund.amount_minor},
    )


def _amount(payment: Payment, amount_minor: int | None) -> int:
    left = refundable_minor(payment)
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        written = currencies.write(left, payment.currency)
        raise PaymentNotRefundable(f"Of this payment {written} can be refunded; ask for that.", refundable_minor=left)
    return amount


@transaction.atomic
def _note_refused(refund: Refund, error: ProviderError) -> None:
    if Refund.objects.filter(pk=refund.pk, status="requested").update(status="refused", next_attempt_at=None):
        tell("refund.refused", refund.payment, refund=str(refund.pk), detail=error.detail)


def _wait(refund: Refund) -> Refund:
    refund.attempts += 1
    refund.next_attempt_at = clock.now() + min(FIRST_WAIT * 2**refund.attempts, LONGEST_WAIT)
    refund.save(update_fields=["attempts", "next_attempt_at"])
    return refund
