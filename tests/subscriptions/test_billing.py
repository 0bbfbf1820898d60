"""A provider charges for periods by itself, and its news start, delay and end them: through the sandbox, end to end."""

import pytest

from core.models import Event
from core.relay import relay_events
from credits.selectors import facts_of
from payments.models import RecurringCharge, SandboxWebhook
from payments.sandbox import books
from payments.services.provider_events import process_due_events
from payments.services.recurring import end_recurring_charge
from subscriptions import services, tasks
from subscriptions.models import Charge, Subscription
from tests.payments.orders import deliver
from tests.subscriptions.stories import balance, move, now_of, plan, start, wallet, work

pytestmark = pytest.mark.usefixtures("story")


def at_the_provider(verb: str) -> None:
    """Let something happen to the latest agreement, deliver what is told of it twice, and hand it on."""
    agreement = RecurringCharge.objects.latest("created_at")
    known = set(SandboxWebhook.objects.values_list("pk", flat=True))
    books.act(agreement.checkout_url.rpartition("/")[2], verb)
    hear(known)


def hear(known: set[int]) -> None:
    for webhook in SandboxWebhook.objects.exclude(pk__in=known).order_by("-pk"):
        deliver(webhook.body.encode())
        deliver(webhook.body.encode())
    process_due_events()
    relay_events()
    stuck = Event.objects.filter(attempts__gt=0).values_list("last_error", flat=True)
    assert list(stuck) == []


@pytest.fixture
def agreed(story: None) -> Subscription:
    """A customer who agreed to 19 dollars a month on the provider's page, on 1 January."""
    plan("pro", 100, amount_minor=1900, currency="USD")
    subscription = start("pro", wallet(), is_billed=True)
    tasks.bill()
    assert Charge.objects.get().checkout_url
    at_the_provider("agree")
    return subscription


def test_a_plan_begins_when_the_customer_agreed_and_paid(agreed: Subscription) -> None:
    assert (now_of(agreed).status, balance(), facts_of("ann")["plan"]) == ("active", 100, "pro")
    assert Charge.objects.get().status == "paid"


def test_a_period_begins_with_the_providers_next_charge(agreed: Subscription) -> None:
    work("2027-02-01T10:30")
    tasks.bill()
    assert (balance(), Charge.objects.filter(status="open").count()) == (0, 1)
    assert RecurringCharge.objects.count() == 1
    at_the_provider("renew")
    assert (balance(), Charge.objects.filter(status="open").count()) == (100, 0)


def test_money_that_comes_before_its_period_is_due_is_for_the_next_one(agreed: Subscription) -> None:
    move("2027-02-01T09:00")
    at_the_provider("renew")
    assert now_of(agreed).last_number == 1
    work("2027-02-01T10:30")
    assert (now_of(agreed).last_number, balance()) == (2, 100)
    assert not Charge.objects.exclude(status="paid").exists()


def test_a_charge_that_fails_puts_past_due_and_one_that_recovers_goes_on(agreed: Subscription) -> None:
    work("2027-02-01T10:30")
    at_the_provider("fail")
    assert (now_of(agreed).status, balance()) == ("past_due", 0)
    at_the_provider("recover")
    assert (now_of(agreed).status, balance()) == ("active", 100)


@pytest.mark.parametrize("step", [services.cancel_subscription, services.pause_subscription])
def test_who_stops_here_is_not_charged_there(agreed: Subscription, step: object) -> None:
    step(subscription=agreed.pk)  # type: ignore[operator]
    status = now_of(agreed).status
    known = set(SandboxWebhook.objects.values_list("pk", flat=True))
    tasks.bill()
    hear(known)
    assert RecurringCharge.objects.get().ended_at is not None
    assert now_of(agreed).status == status


def test_who_stops_there_ends_here_with_the_period(agreed: Subscription) -> None:
    known = set(SandboxWebhook.objects.values_list("pk", flat=True))
    named = RecurringCharge.objects.get()
    end_recurring_charge(subscription=named.pk, at_period_end=False)
    hear(known)
    assert now_of(agreed).status == "cancelled"


def test_a_new_price_needs_a_new_agreement_and_ends_the_old_one(agreed: Subscription) -> None:
    services.change_plan(code="pro", amount_minor=1500)
    assert services.change_subscription(subscription=agreed.pk, plan="pro").quote.kind == "downgrade"
    work("2027-02-01T10:30")
    tasks.bill()
    old, new = RecurringCharge.objects.order_by("created_at")
    assert (old.ended_at is not None, new.amount_minor, new.ended_at) == (True, 1500, None)
    at_the_provider("agree")
    assert (now_of(agreed).status, now_of(agreed).version.number, balance()) == ("active", 2, 100)


def test_money_of_another_amount_starts_nothing_and_is_told(agreed: Subscription) -> None:
    work("2027-02-01T10:30")
    Charge.objects.filter(status="open").update(amount_minor=5000)
    at_the_provider("renew")
    assert balance() == 0
    assert Event.objects.filter(name="charge.needs_review").count() == 1
