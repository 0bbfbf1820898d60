"""A plan that a provider charges for is changed in the middle of its period: through the sandbox, end to end."""

from decimal import Decimal
from uuid import UUID

import pytest

from core.models import Event
from credits.models import LedgerEntry
from credits.services import Origin
from payments.models import Payment, RecurringCharge, SandboxWebhook, StoredMethod
from payments.sandbox import books
from payments.services.reconciliation import reconcile_all
from payments.services.refunds import refund_payment
from subscriptions import services, tasks
from subscriptions.models import Charge, Subscription
from subscriptions.services.quotes import Quote
from tests.subscriptions.stories import balance, move, now_of, plan, start, wallet, work
from tests.subscriptions.test_billing import at_the_provider, hear

pytestmark = pytest.mark.usefixtures("story")
LEFT, WHOLE = 15 * 24 + 10, 31 * 24
DIFFERENCE = 3000 * LEFT // WHOLE - 1000 * LEFT // WHOLE


@pytest.fixture
def basic(story: None) -> Subscription:
    """A customer who agreed to 10 dollars a month on 1 January, and comes back in the middle of the month."""
    plan("basic", 360, family="chat", amount_minor=1000, currency="USD")
    plan("pro", 900, family="chat", amount_minor=3000, currency="USD")
    subscription = start("basic", wallet(), is_billed=True)
    tasks.bill()
    at_the_provider("agree")
    assert (now_of(subscription).status, balance()) == ("active", 360)
    move("2027-01-17T00:30")
    return subscription


def change(subscription: Subscription, code: str) -> Quote:
    quote = services.change_subscription(subscription=subscription.pk, plan=code).quote
    tasks.bill()
    return quote


def differences() -> list[Payment]:
    """Return the payments that were ordered for upgrades, oldest first."""
    return list(Payment.objects.filter(requested_by="subscriptions").order_by("created_at", "pk"))


def pay(payment: Payment, verb: str = "pay") -> None:
    known = set(SandboxWebhook.objects.values_list("pk", flat=True))
    books.act(str(payment.checkout_id), verb)
    hear(known)


def told(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_an_upgrade_comes_when_its_difference_is_paid_with_its_credits_once(basic: Subscription) -> None:
    quote = change(basic, "pro")
    charge = Charge.objects.get(status="open")
    (payment,) = differences()
    assert charge.checkout_url == payment.checkout_url != ""
    assert (payment.amount_minor, payment.purpose, payment.credits) == (DIFFERENCE, "subscription", 0)
    assert payment.customer_id == StoredMethod.objects.get().customer_id != ""
    assert (now_of(basic).plan.code, balance()) == ("basic", 360)
    pay(payment)
    charge.refresh_from_db()
    assert (charge.status, charge.payment) == ("paid", str(payment.pk))
    assert quote.added.credits == 900_000_000 * LEFT // WHOLE - 360_000_000 * LEFT // WHOLE
    assert (now_of(basic).plan.code, balance()) == ("pro", 360 + Decimal(quote.added.credits).scaleb(-6))
    tasks.bill()
    reconcile_all(since=payment.created_at)
    assert LedgerEntry.objects.filter(kind="issued").count() == 2
    assert (len(differences()), told("charge.needs_review")) == (1, 0)


def test_the_old_price_is_charged_no_more_and_the_next_period_asks_for_the_new_one(basic: Subscription) -> None:
    change(basic, "pro")
    old = RecurringCharge.objects.get()
    known = set(SandboxWebhook.objects.values_list("pk", flat=True))
    pay(*differences())
    tasks.bill()
    hear(known)
    old.refresh_from_db()
    assert (old.ended_at is not None, now_of(basic).status, now_of(basic).plan.code) == (True, "active", "pro")
    work("2027-02-01T10:30")
    tasks.bill()
    new = RecurringCharge.objects.latest("created_at")
    assert (new.amount_minor, new.ended_at) == (3000, None)
    at_the_provider("agree")
    assert (now_of(basic).status, balance()) == ("active", 900)


def test_up_and_down_and_up_in_a_period_brings_the_highest_plans_credits_once(basic: Subscription) -> None:
    move("2027-01-01T10:30")
    kinds = [change(basic, code).kind for code in ("pro", "pro")]
    first, second = differences()
    pay(second)
    assert balance() == 900
    kinds += [change(basic, code).kind for code in ("basic", "pro")]
    assert kinds == ["upgrade", "upgrade", "downgrade", "keep"]
    pay(first)
    assert (balance(), told("charge.needs_review"), len(differences())) == (900, 1, 2)
    assert Charge.objects.filter(status="open").count() == 0


def test_money_that_comes_twice_brings_nothing_more_and_is_told(basic: Subscription) -> None:
    quote = change(basic, "pro")
    pay(*differences(), verb="pay_twice")
    assert balance() == 360 + Decimal(quote.added.credits).scaleb(-6)
    assert told("payment.paid_again") == 1


def test_an_upgrade_that_was_settled_otherwise_needs_review_when_it_is_paid_too(basic: Subscription) -> None:
    change(basic, "pro")
    charge = Charge.objects.get(status="open")
    services.pay_charge(charge=charge.pk, payment="transfer")
    had = balance()
    pay(*differences())
    assert (balance(), told("charge.needs_review")) == (had, 1)


def test_a_refund_of_the_difference_takes_nothing_from_the_ledger(
    basic: Subscription, django_capture_on_commit_callbacks
) -> None:
    change(basic, "pro")
    (payment,) = differences()
    pay(payment)
    before = (balance(), LedgerEntry.objects.count())
    with django_capture_on_commit_callbacks(execute=True):
        refund_payment(payment=payment.pk, reason="test", origin=Origin(key="r"))
    pay(payment, verb="nothing")
    payment.refresh_from_db()
    assert (payment.status, payment.reversed_minor, payment.effects.count()) == ("refunded", DIFFERENCE, 0)
    assert (balance(), LedgerEntry.objects.count()) == before


def test_the_difference_is_paid_where_the_plan_is(basic: Subscription) -> None:
    RecurringCharge.objects.update(provider="elsewhere")
    services.change_subscription(subscription=basic.pk, plan="pro")
    tasks.bill()
    assert differences() == []
    RecurringCharge.objects.update(provider="sandbox")
    tasks.bill()
    tasks.bill()
    assert [UUID(str(payment.idempotency_key)) for payment in differences()] == [Charge.objects.get(status="open").pk]
