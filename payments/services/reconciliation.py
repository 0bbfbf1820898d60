"""Compare all our payments with the provider's, by the hour or when an operator asks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from core import clock, logs

from ..models import Payment, ProviderHealth, ProviderId
from ..news import tell_of_provider
from ..providers import registry
from ..providers.messages import Snapshot
from ..providers.protocol import ProviderError
from .comparing import Findings, compare_and_heal
from .provider_calls import ask
from .refreshing import fetch_snapshot
from .silence import tell_if_silent

# What a webhook is about to bring is no finding.
YOUNG = timedelta(minutes=2)
MOST_REPORTED = 50

log = logs.get_logger(__name__)


def reconcile(*, provider: str, since: datetime) -> Iterator[Findings]:
    """Compare payment by payment and give the findings so far after each; raise ProviderError while listing.

    First what the provider lists since then, then what we hold and it did not list. Missing credits and clawbacks are
    healed by the path that webhooks take; what was credited without money, and other amounts, are only reported.
    """
    listed = ask("list_payments", provider, lambda to: list(to.list_payments(since)))
    named = {payment.pk: (payment, found) for found in listed if (payment := _payment_of(provider, found))}
    held = [payment for payment in _held_since(provider, since) if payment.pk not in named]
    findings = Findings(total=len(named) + len(held))
    for payment, snapshot in [*named.values(), *((payment, None) for payment in held)]:
        _compare(payment, snapshot, findings)
        findings.compared += 1
        yield findings
    ProviderHealth.objects.update_or_create(provider=provider, defaults={"reconciled_at": clock.now()})
    if findings.reports:
        tell_of_provider("reconciliation.differed", provider, reports=findings.reports[:MOST_REPORTED])
    yield findings


def reconcile_all(*, since: datetime) -> None:
    """Reconcile every configured provider, and look whether one has fallen silent; an unreachable one waits."""
    for provider in registry.configured():
        try:
            findings = list(reconcile(provider=provider, since=since))[-1]
            log.info("provider_reconciled", provider=provider, found=dict(findings.found), healed=findings.healed)
        except ProviderError as error:
            log.warning("provider_not_reconciled", provider=provider, error=error.detail)
        tell_if_silent(provider=provider)


def _compare(payment: Payment, listed: Snapshot | None, findings: Findings) -> None:
    """Compare with the whole truth of a payment, which a list tells only in part."""
    try:
        snapshot = listed if listed is not None and listed.is_full else fetch_snapshot(payment=payment)
    except ProviderError as error:
        if payment.is_paid:
            findings.note([], ["credited_not_paid"], f"{payment.pk} {error.detail}")
        return
    compare_and_heal(payment, snapshot, findings)


def _payment_of(provider: str, snapshot: Snapshot) -> Payment | None:
    """Return whose snapshot this is; the reference only leads to the payment, which is then compared."""
    values = [snapshot.checkout_id, *(charge.id for charge in snapshot.charges)]
    known = ProviderId.objects.filter(provider=provider, value__in=values).select_related("payment").first()
    if known is not None:
        return known.payment
    try:
        return Payment.objects.filter(provider=provider, pk=UUID(snapshot.reference)).first()
    except ValueError:
        return None


def _held_since(provider: str, since: datetime) -> list[Payment]:
    recent = Q(created_at__gte=since) | Q(paid_at__gte=since) | Q(status__in=("created", "pending"))
    held = Payment.objects.filter(recent, provider=provider, first=None, created_at__lt=clock.now() - YOUNG)
    return list(held.select_related("wallet").order_by("created_at"))
