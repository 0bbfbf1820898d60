"""Webhooks: verified on raw bytes, stored once, done once, in any order, whatever fails in between."""

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from core.models import Event
from payments.models import Effect, Payment, ProviderEvent, ProviderHealth
from payments.sandbox import signing
from payments.services.provider_events import process_due_events, process_event, replay_event
from tests.payments.orders import SECRET, act, balance, bodies, deliver, deliver_all, ordered

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks/sandbox"


def post(body: bytes, header: str | None, **extra: Any) -> int:
    headers = {} if header is None else {signing.HEADER: header}
    return int(Client().post(URL, body, content_type="application/json", headers=headers, **extra).status_code)


def paid_body() -> tuple[Payment, bytes]:
    payment = ordered()
    act(payment, "pay")
    return payment, bodies(payment)[0]


def test_a_signed_webhook_is_stored_once_and_done_later() -> None:
    payment, body = paid_body()
    for _ in range(3):
        assert post(body, signing.sign(body, SECRET, timezone.now())) == 200
    event = ProviderEvent.objects.get()
    assert (event.status, event.body.encode(), Payment.objects.get().status) == ("received", body, "pending")
    process_due_events()
    assert (Payment.objects.get(pk=payment.pk).status, balance()) == ("paid", Decimal(2000))


def forgeries() -> dict[str, Any]:
    """Return what a stranger may try, by name: a function of a true body that gives what is sent."""
    now = timezone.now()
    good = lambda body: signing.sign(body, SECRET, now)  # noqa: E731  a table of functions
    return {
        "no header": lambda body: (body, None),
        "empty header": lambda body: (body, ""),
        "another's secret": lambda body: (body, signing.sign(body, "another-secret", now)),
        "empty secret": lambda body: (body, signing.sign(body, "", now)),
        "non-ASCII header": lambda body: (body, good(body) + "é"),
        "v0 only": lambda body: (body, good(body).replace("v1=", "v0=")),
        "no stamp": lambda body: (body, good(body).split(",")[1]),
        "doubled stamp": lambda body: (body, f"t=1,{good(body)}".replace("t=", "t=0", 1)),
        "old stamp": lambda body: (body, signing.sign(body, SECRET, now - timedelta(minutes=6))),
        "future stamp": lambda body: (body, signing.sign(body, SECRET, now + timedelta(minutes=6))),
        "other digits": lambda body: (body, good(body).replace("t=1", "t=\u0661")),
        "serialised again": lambda body: (body.replace(b'": ', b'":'), good(body)),
        "byte order mark": lambda body: (b"\xef\xbb\xbf" + body, good(body)),
        "truncated": lambda body: (body[:-1], good(body)),
        "signed garbage": lambda body: (b"\x00\xff", good(b"\x00\xff")),
        "signed list": lambda body: (b"[]", good(b"[]")),
        "signed nothing": lambda body: (b"", good(b"")),
        "scheme of another": lambda body: (body, good(body).replace("v1=", "sha256=")),
    }


@pytest.mark.parametrize("name", forgeries())
def test_a_forgery_is_400_and_leaves_a_number(name: str) -> None:
    _, body = paid_body()
    sent, header = forgeries()[name](body)
    assert post(sent, header) == 400
    assert not ProviderEvent.objects.exists()
    assert ProviderHealth.objects.get(provider="sandbox").refused_webhooks == 1


def test_every_refusal_reads_the_same(settings: Any) -> None:
    _, body = paid_body()
    answers = set()
    for make in forgeries().values():
        sent, header = make(body)
        headers = {} if header is None else {signing.HEADER: header}
        answer = Client().post(URL, sent, content_type="application/json", headers=headers)
        answers.add((answer.status_code, answer.json()["detail"], answer.json()["code"]))
    assert len(answers) == 1


@pytest.mark.parametrize("secrets", [[], [""], [" "]])
def test_without_a_secret_nothing_verifies(settings: Any, secrets: list[str]) -> None:
    _, body = paid_body()
    settings.PAYMENT_PROVIDERS = {"sandbox": {"key": "sandbox", "webhook_secrets": secrets}}
    for secret in ("", " ", SECRET):
        assert post(body, signing.sign(body, secret, timezone.now())) == 400


def test_two_secrets_are_valid_while_one_takes_over(settings: Any) -> None:
    _, body = paid_body()
    settings.PAYMENT_PROVIDERS = {"sandbox": {"key": "sandbox", "webhook_secrets": ["new", SECRET]}}
    assert [post(body, signing.sign(body, secret, timezone.now())) for secret in ("new", SECRET)] == [200, 200]


def test_a_compressed_or_plain_text_body_is_taken_for_what_it_is() -> None:
    _, body = paid_body()
    header = signing.sign(body, SECRET, timezone.now())
    answer = Client().post(URL, body, content_type="text/plain", headers={signing.HEADER: header})
    assert answer.status_code == 200
    import gzip

    assert post(gzip.compress(body), header, HTTP_CONTENT_ENCODING="gzip") == 400


def test_a_huge_body_is_refused_before_anything_is_computed() -> None:
    answer = Client().post(URL, b"x" * 2_000_000, content_type="application/json")
    assert (answer.status_code, ProviderEvent.objects.exists()) == (413, False)


def test_an_unknown_provider_is_refused_alike() -> None:
    answer = Client().post("/api/v1/webhooks/nobody", b"{}", content_type="application/json")
    assert (answer.status_code, ProviderHealth.objects.exists()) == (400, False)


STORY = ("expire", "pay", "dispute", "win")


def test_every_order_of_events_with_duplicates_ends_the_same() -> None:
    payment, endings = ordered(), set()
    for verb in STORY:
        act(payment, verb)
    events = [bodies(payment)[place] for place in (0, 1, 3, 4)]
    for order in itertools.permutations(range(4)):
        before = transaction.savepoint()
        for place in [*order, *order[:2]]:
            assert process_event(event_id=deliver(events[place]).pk).status == "processed"
        payment.refresh_from_db()
        credits = Effect.objects.filter(payment=payment, kind="credited").count()
        endings.add((payment.status, balance(), credits, payment.reversed_minor))
        transaction.savepoint_rollback(before)
    assert endings == {("paid", Decimal(2000), 1, 0)}


@pytest.mark.parametrize(
    ("member", "value"),
    [("amount", 1), ("amount", 199_900), ("currency", "EUR"), ("reference", "01a1fc69-69d5-7e36-97d0-108c8bd65056")],
)
def test_what_does_not_equal_the_order_is_not_credited(member: str, value: Any) -> None:
    import json

    payment, body = paid_body()
    event = json.loads(body)
    where = event["data"]["charges"][0] if member == "amount" else event["data"]
    where[member] = value
    deliver(json.dumps(event).encode())
    process_due_events()
    assert (balance(), Payment.objects.get(pk=payment.pk).status) == (Decimal(0), "pending")
    alarms = Event.objects.filter(name="payment.mismatch").count()
    unmatched = ProviderEvent.objects.filter(status="received", attempts=1).count()
    assert (alarms, unmatched) == ((0, 1) if member == "reference" else (1, 0))


def test_a_failure_is_tried_again_and_credits_then(settings: Any) -> None:
    payment, body = paid_body()
    event = deliver(body)
    from credits.models import Wallet

    Wallet.objects.filter(reference="ada").update(balance=Decimal(0))
    from credits.services import adjust

    adjust(reference="ada", amount=Decimal(999_999_999), reason="test")
    assert process_event(event_id=event.pk).last_error.startswith("BalanceTooLarge")
    assert Payment.objects.get(pk=payment.pk).status == "pending"
    adjust(reference="ada", amount=Decimal(-5_000), reason="test")
    ProviderEvent.objects.update(next_attempt_at=timezone.now())
    process_due_events()
    assert (Payment.objects.get(pk=payment.pk).status, balance()) == ("paid", Decimal(999_996_999))


def test_an_event_that_always_fails_is_buried_told_and_can_be_replayed() -> None:
    payment, body = paid_body()
    from credits.services import adjust

    adjust(reference="ada", amount=Decimal(999_999_999), reason="test")
    event = deliver(body)
    for _ in range(10):
        ProviderEvent.objects.update(next_attempt_at=timezone.now())
        process_due_events()
    event.refresh_from_db()
    assert (event.status, Event.objects.filter(name="provider_event.died").count()) == ("dead", 1)
    adjust(reference="ada", amount=Decimal(-5_000), reason="test")
    replay_event(event_id=event.pk)
    process_due_events()
    assert Payment.objects.get(pk=payment.pk).status == "paid"


def test_an_event_of_nobody_is_given_up_without_an_alarm() -> None:
    import json

    _, body = paid_body()
    stranger = json.loads(body)
    stranger["data"] |= {"id": "cs_x", "reference": "", "charges": []}
    event = deliver(json.dumps(stranger).encode())
    for _ in range(5):
        ProviderEvent.objects.update(next_attempt_at=timezone.now())
        process_due_events()
    event.refresh_from_db()
    assert (event.status, Event.objects.filter(name="provider_event.died").exists()) == ("unmatched", False)


def test_ten_links_of_one_customer_are_all_credited() -> None:
    payments = [ordered("ada", key=str(number)) for number in range(10)]
    assert len({payment.pk for payment in payments}) == 10
    for payment in payments:
        act(payment, "pay")
        deliver_all(payment)
    assert balance() == Decimal(20_000)
