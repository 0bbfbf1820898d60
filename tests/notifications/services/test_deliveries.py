"""Deliveries to a receiver that fails, hangs, redirects and recovers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from credits.store.news import stream_of
from notifications.exceptions import DeliveryWaiting, EndpointDisabled
from notifications.models import Delivery, Notice, WebhookEndpoint
from notifications.services.deliveries import purge_sent, redeliver, send_deliveries
from notifications.services.endpoints import change_endpoint, open_endpoint, send_test
from notifications.services.schedule import WAITS
from tests.concurrency.crew import race_in_threads
from tests.notifications.receiver import Receiver, ReceiverProcess
from tests.notifications.telling import customer, grant, relay

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
START = timezone.now().replace(microsecond=0)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def opened(receiver: Receiver, query: str = "", reference: str = "") -> WebhookEndpoint:
    return open_endpoint(reference=reference, url=receiver.url(query)).endpoint


def only() -> Delivery:
    return Delivery.objects.get()


def test_an_event_arrives_signed_with_its_place_in_the_stream(receiver: Receiver) -> None:
    opened(receiver)
    grant("ada", 100)
    relay()
    send_deliveries()
    bodies = [body for _, _, body in receiver.received]
    assert {b"wallet.opened" in body for body in bodies} == {True, False}
    assert all(b'"stream":"wallet:ada"' in body and b'"stream_seq":' in body for body in bodies)
    assert set(Delivery.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_a_failing_receiver_is_tried_by_the_schedule_under_one_id_and_then_given_up(
    receiver: Receiver, clock: Any
) -> None:
    send_test(endpoint=opened(receiver))
    receiver.mood = "500"
    for wait in WAITS:
        send_deliveries()
        delivery = only()
        assert delivery.next_attempt_at is not None
        assert wait <= delivery.next_attempt_at - timezone.now() <= wait * 1.1
        assert send_deliveries() == 0, "before its time"
        clock.move_to(delivery.next_attempt_at)
    send_deliveries()
    assert (only().status, only().attempts, only().last_error) == ("dead", 10, "The answer was 500.")
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 10


def test_a_receiver_that_recovers_gets_what_it_missed(receiver: Receiver, clock: Any) -> None:
    endpoint = opened(receiver)
    send_test(endpoint=endpoint)
    receiver.mood = "503"
    send_deliveries()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (1, timezone.now())
    receiver.mood = "200"
    clock.shift(6 * SECOND)
    send_deliveries()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)
    assert only().status == "sent"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure(receiver: Receiver, status: int) -> None:
    send_test(endpoint=opened(receiver, f"status={status}&header=Location:/inside"))
    send_deliveries()
    assert only().last_error == f"The answer was {status}; redirects are not followed."
    assert len(receiver.received) == 1


def test_retry_after_is_honoured_for_all_that_goes_there(receiver: Receiver, clock: Any) -> None:
    endpoint = opened(receiver, "status=429&header=Retry-After:3600")
    send_test(endpoint=endpoint)
    send_deliveries()
    send_test(endpoint=endpoint)
    clock.shift(3_590 * SECOND)
    assert send_deliveries() == 0
    clock.shift(11 * SECOND)
    assert send_deliveries() == 1, "one that fails gets a probe only"


def test_a_date_in_retry_after_is_understood_too(receiver: Receiver) -> None:
    with time_machine.travel("2026-11-21T09:00:00Z", tick=False):
        endpoint = opened(receiver, "status=503&header=Retry-After:Sat,%2021%20Nov%202026%2009:20:00%20GMT")
        send_test(endpoint=endpoint)
        send_deliveries()
        endpoint.refresh_from_db()
        assert endpoint.paused_until == timezone.now() + timedelta(minutes=20)


def test_one_that_hangs_is_left_alone_and_keeps_nobody_waiting(receiver: Receiver) -> None:
    hanging, healthy = opened(receiver, "hang=30"), opened(receiver)
    for _ in range(30):
        send_test(endpoint=hanging)
    send_test(endpoint=healthy)
    send_deliveries()
    assert Delivery.objects.get(endpoint=healthy).status == "sent"
    hanging.refresh_from_db()
    assert hanging.paused_until is not None
    assert hanging.paused_until > timezone.now()
    tried = Delivery.objects.filter(endpoint=hanging, attempts=1).count()
    assert 1 <= tried <= 8, "only those that were on their way together"
    assert send_deliveries() == 0


def test_410_disables_at_once_and_tells_the_owner(receiver: Receiver) -> None:
    reference = customer()
    endpoint = opened(receiver, "status=410", reference)
    send_test(endpoint=endpoint)
    send_test(endpoint=endpoint)
    send_deliveries()
    endpoint.refresh_from_db()
    assert endpoint.disabled_because == "It answered 410 Gone"
    assert set(Delivery.objects.values_list("status", flat=True)) == {"dead"}
    relay()
    assert Notice.objects.get(name="webhook_endpoint.disabled").reference == reference
    with pytest.raises(EndpointDisabled):
        send_test(endpoint=endpoint)


def test_five_days_of_failures_disable_and_tell_the_operators(receiver: Receiver, clock: Any) -> None:
    endpoint = opened(receiver)
    receiver.mood = "500"
    for _ in range(6):
        endpoint.refresh_from_db()
        assert endpoint.disabled_at is None
        send_test(endpoint=endpoint)
        send_deliveries()
        clock.shift(DAY)
    endpoint.refresh_from_db()
    assert endpoint.disabled_because == "It has failed for five days"
    relay()
    assert Notice.objects.get(name="webhook_endpoint.disabled").reference == ""
    receiver.mood = "200"
    change_endpoint(endpoint_id=endpoint.pk, enabled=True)
    last = endpoint.deliveries.latest("id")
    redeliver(delivery_id=last.pk)
    assert send_deliveries() == 1
    last.refresh_from_db()
    assert last.status == "sent"


def test_a_delivery_is_sent_again_under_its_old_id_once_it_has_ended(receiver: Receiver) -> None:
    send_test(endpoint=opened(receiver))
    with pytest.raises(DeliveryWaiting):
        redeliver(delivery_id=only().pk)
    send_deliveries()
    redeliver(delivery_id=only().pk)
    send_deliveries()
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


def test_an_endpoint_gets_its_own_wallets_events_of_the_types_it_wants(receiver: Receiver) -> None:
    reference = customer()
    opened(receiver, "own", reference)
    other = open_endpoint(reference="", url=receiver.url("all"), event_types=["grant.*"]).endpoint
    grant(reference, 5)
    grant("ada", 5)
    relay()
    sent = sent_payloads()
    assert {(url.rpartition("?")[2], name) for url, name, _ in sent} == {
        ("own", "wallet.opened"),
        ("own", "grant.issued"),
        ("all", "grant.issued"),
    }
    streams = {payload["stream"] for url, _, payload in sent if url.endswith("own")}
    assert streams == {stream_of(reference)}
    assert Delivery.objects.filter(endpoint=other).count() == 2


def sent_payloads() -> list[tuple[str, str, dict[str, Any]]]:
    return list(Delivery.objects.values_list("endpoint__url", "name", "payload"))


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(receiver: Receiver, clock: Any) -> None:
    endpoint = opened(receiver)
    change_endpoint(endpoint_id=endpoint.pk, rotate_secret=True)
    for _ in range(2):
        send_test(endpoint=endpoint)
        send_deliveries()
        clock.shift(DAY)
    signatures = [headers["webhook-signature"].split(" ") for _, headers, _ in receiver.received]
    assert [len(found) for found in signatures] == [2, 1]


def test_a_secret_that_cannot_be_opened_fails_and_says_so(receiver: Receiver, settings: Any) -> None:
    endpoint = opened(receiver)
    send_test(endpoint=endpoint)
    settings.SECRET_KEY = "another" * 10
    send_deliveries()
    assert "rotate" in only().last_error
    settings.SECRET_KEY_FALLBACKS = ["test-" + "x" * 60]
    Delivery.objects.update(next_attempt_at=timezone.now())
    send_deliveries()
    assert only().status == "sent"


def test_what_arrived_long_ago_is_purged_and_what_died_stays(receiver: Receiver) -> None:
    endpoint = opened(receiver)
    for _ in range(2):
        send_test(endpoint=endpoint)
    send_deliveries()
    Delivery.objects.filter(pk=Delivery.objects.latest("id").pk).update(status="dead")
    purge_sent(at=timezone.now() + 31 * DAY)
    assert only().status == "dead"


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_share_the_work(receiver: Receiver) -> None:
    endpoint = opened(receiver)
    for _ in range(60):
        send_test(endpoint=endpoint)
    outcomes = race_in_threads(_send, [()] * 6)
    assert [outcome.error for outcome in outcomes] == [None] * 6
    _send()
    assert len(receiver.ids) == len(set(receiver.ids)) == 60


def _send() -> None:
    while send_deliveries():
        pass
    connections.close_all()


def test_a_process_that_fails_redirects_dies_and_comes_back_gets_all_under_one_id(
    receiver_process: ReceiverProcess, clock: Any
) -> None:
    endpoint = open_endpoint(reference="", url=receiver_process.url).endpoint
    send_test(endpoint=endpoint)
    errors = []
    for trouble in ("500", "302", "dead"):
        if trouble == "dead":
            receiver_process.kill()
        else:
            receiver_process.answer(int(trouble))
        send_deliveries()
        errors.append(only().last_error)
        clock.shift(timedelta(hours=3))
    assert errors[:2] == ["The answer was 500.", "The answer was 302; redirects are not followed."]
    assert errors[2].startswith("ConnectionRefusedError")
    receiver_process.start()
    send_deliveries()
    assert (only().status, only().attempts) == ("sent", 4)
    ((_, headers, _),) = receiver_process.received()
    assert headers["webhook-id"] == f"msg_{only().pk.hex}"
