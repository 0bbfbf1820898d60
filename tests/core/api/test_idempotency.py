"""A repeated write has one effect and the first answer; a refusal binds no key."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from core.models import AttributeSchema, IdempotentRequest

pytestmark = pytest.mark.django_db


def write(http: Client, key: str | None, reason: str = "first", **more: object) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return http.post("/api/rows", {"reason": reason, **more}, content_type="application/json", headers=headers)


def test_a_repetition_gets_the_first_answer_and_writes_nothing(http: Client) -> None:
    first, second = write(http, "k1"), write(http, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert AttributeSchema.objects.count() == 1
    assert {**second.json(), "secret": "s3cr3t"} == first.json()


def test_a_secret_is_shown_once_and_never_stored(http: Client) -> None:
    assert write(http, "k1").json()["secret"] == "s3cr3t"
    assert "secret" not in write(http, "k1").json()
    assert "s3cr3t" not in str(IdempotentRequest.objects.values_list("body", "fingerprint").get())


def test_the_same_key_with_another_body_is_refused(http: Client) -> None:
    write(http, "k1")
    answer = write(http, "k1", "second")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert AttributeSchema.objects.count() == 1


def test_the_order_of_members_is_no_difference(http: Client) -> None:
    headers = {"Idempotency-Key": "k1"}
    for body in ('{"reason": "a", "x": 1}', '{"x": 1,  "reason": "a"}'):
        answer = http.post("/api/rows", body, content_type="application/json", headers=headers)
        assert answer.status_code == 201
    assert AttributeSchema.objects.count() == 1


def test_another_route_has_its_own_keys(http: Client) -> None:
    write(http, "k1")
    answer = http.post(
        "/api/rows-upwards", {"reason": "b"}, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    assert answer.status_code == 201
    assert AttributeSchema.objects.count() == 2


def test_keys_differ_by_case(http: Client) -> None:
    for key in ("Req-A", "req-a"):
        assert "Idempotency-Replayed" not in write(http, key)
    assert AttributeSchema.objects.count() == 2


def test_a_refused_write_leaves_nothing_and_its_key_free(http: Client) -> None:
    assert write(http, "k1", fails=True).status_code == 400
    assert AttributeSchema.objects.count() == IdempotentRequest.objects.count() == 0
    assert write(http, "k1", fails=False).status_code == 201


def test_without_a_key_each_write_is_its_own(http: Client) -> None:
    write(http, None)
    write(http, None)
    assert AttributeSchema.objects.count() == 2
    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize("key", ["", "a" * 256, "a b", "a\tb", "é", "a" * 10_000, "ключ"])
def test_a_key_that_is_not_visible_ascii_is_refused(http: Client, key: str) -> None:
    answer = write(http, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert not AttributeSchema.objects.exists()


def test_the_longest_and_the_shortest_key_are_taken(http: Client) -> None:
    for key in ("~", "!" * 255):
        assert write(http, key).status_code == 201


def test_a_view_may_insist_on_a_key(http: Client) -> None:
    answer = http.post("/api/strict-key", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.django_db(transaction=True)
def test_simultaneous_twins_have_one_effect_and_the_same_answer(http: Client) -> None:
    barrier, answers = threading.Barrier(8), []

    def race() -> None:
        barrier.wait()
        answers.append(write(Client(), "k1"))
        connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert AttributeSchema.objects.count() == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert {answer.json()["version"] for answer in answers} == {1}
