"""Whatever webhooks are lost, one reconciliation makes the books those of the run without loss."""

import io
import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import Event
from payments.models import Effect, Payment, ProviderHealth, SandboxCheckout
from payments.services.comparing import Findings
from payments.services.provider_events import process_event
from payments.services.reconciliation import reconcile, reconcile_all
from payments.services.silence import tell_if_silent
from tests.payments.orders import act, balance, bodies, deliver, deliver_all, ordered

pytestmark = pytest.mark.django_db
SINCE = timedelta(days=2)


def reconciled() -> Findings:
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    return list(reconcile(provider="sandbox", since=timezone.now() - SINCE))[-1]


STORIES = {
    "paid": (("fail", "pay"), ("paid", Decimal(2000), 0)),
    "late": (("expire", "pay"), ("paid", Decimal(2000), 0)),
    "refunded": (("pay", "refund"), ("refunded", Decimal(0), 1999)),
    "won": (("pay", "dispute", "win"), ("paid", Decimal(2000), 0)),
    "lost": (("pay", "dispute", "lose"), ("disputed", Decimal(0), 1999)),
    "twice": (("pay_twice",), ("paid", Decimal(4000), 0)),
}


@pytest.mark.parametrize("name", STORIES)
def test_any_subset_of_webhooks_may_be_lost(name: str) -> None:
    verbs, expected = STORIES[name]
    count = len(_told("w", verbs)[1])
    for kept in (subset for size in range(count + 1) for subset in itertools.combinations(range(count), size)):
        reference = "w" + "".join(map(str, kept)) + "x"
        _, told = _told(reference, verbs)
        for place in kept:
            process_event(event_id=deliver(told[place]).pk)
    reconciled()
    ends = {
        (payment.status, balance(payment.wallet.reference), payment.reversed_minor)
        for payment in Payment.objects.select_related("wallet")
    }
    assert ends == {expected}
    again = reconciled()
    assert (again.found, again.reports) == ({}, [])


def _told(reference: str, verbs: tuple[str, ...]) -> tuple[Payment, list[bytes]]:
    payment = ordered(reference)
    for verb in verbs:
        act(payment, verb)
    return payment, bodies(payment)


def test_each_class_is_found_and_only_the_safe_ones_are_healed() -> None:
    lost, kept = ordered("lost"), ordered("kept")
    act(lost, "pay")
    act(kept, "pay")
    deliver_all(kept)
    act(kept, "refund")
    gone = ordered("gone")
    act(gone, "pay")
    deliver_all(gone)
    _change(gone, charges=[])
    other = ordered("other")
    act(other, "pay")
    charge = SandboxCheckout.objects.get(pk=other.checkout_id).charges[0]
    _change(other, amount_minor=1, charges=[{**charge, "amount": 1}])
    findings = reconciled()
    assert dict(findings.found) == {
        "paid_not_credited": 1, "reversed_not_clawed": 1, "credited_not_paid": 1, "amount_differs": 1
    }  # fmt: skip
    assert findings.healed == 2
    assert sorted(report.split(":")[0] for report in findings.reports) == ["amount_differs", "credited_not_paid"]
    assert [balance(name) for name in ("lost", "kept", "gone", "other")] == [2000, 0, 2000, 0]
    assert Event.objects.filter(name="reconciliation.differed").count() == 1


def _change(payment: Payment, **members: Any) -> None:
    checkout = SandboxCheckout.objects.get(pk=payment.checkout_id)
    for name, value in members.items():
        setattr(checkout, name, value)
    checkout.save()


def test_a_checkout_that_nobody_paid_for_days_is_expired_and_credited_if_money_comes() -> None:
    payment = ordered()
    Payment.objects.update(created_at=timezone.now() - timedelta(days=5))
    reconcile_all(since=timezone.now() - SINCE)
    payment.refresh_from_db()
    assert payment.status == "expired"
    act(payment, "pay")
    assert (deliver_all(payment).status, balance()) == ("paid", Decimal(2000))


def test_the_command_shows_progress_and_fails_when_something_is_left() -> None:
    payment = ordered()
    act(payment, "pay")
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    out = io.StringIO()
    call_command("reconcile_payments", "--since", "2020-01-01", stdout=out)
    assert "sandbox: 1 compared, paid_not_credited 1" in out.getvalue()
    assert "1 healed" in out.getvalue()
    _change(payment, charges=[])
    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile_payments", "--provider", "sandbox", stdout=out)


def test_a_silent_provider_raises_one_alarm_until_it_talks_again() -> None:
    payment = ordered()
    act(payment, "pay")
    reconciled()
    assert not tell_if_silent(provider="sandbox")
    Payment.objects.update(paid_at=timezone.now() - timedelta(hours=1))
    assert [tell_if_silent(provider="sandbox") for _ in range(2)] == [True, True]
    assert Event.objects.filter(name="provider.fell_silent").count() == 1
    deliver(bodies(payment)[0])
    assert not tell_if_silent(provider="sandbox")
    assert ProviderHealth.objects.get(pk="sandbox").silent_since is None


def test_a_payment_that_lost_its_checkout_in_a_crash_gets_it_again() -> None:
    payment = ordered()
    act(payment, "pay")
    Payment.objects.update(checkout_id=None, checkout_url="", status="created")
    reconciled()
    payment.refresh_from_db()
    assert (payment.status, Effect.objects.count(), SandboxCheckout.objects.count()) == ("paid", 1, 1)
