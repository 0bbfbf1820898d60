"""Members are read strictly and amounts exactly, from body and query alike."""

import json
from typing import Any

import pytest
from django.test import Client


def echo(http: Client, text: str) -> Any:
    return http.post("/api/echo", text, content_type="application/json")


@pytest.mark.parametrize(
    ("sent", "answered"),
    [('"12.50"', "12.5"), ("12.5", "12.5"), ("3", "3"), ("0.1", "0.1"), ("0.000001", "0.000001"), ("1.0", "1")],
)
def test_an_amount_is_taken_as_text_or_number_and_answered_in_canonical_form(
    http: Client, sent: str, answered: str
) -> None:
    answer = echo(http, f'{{"amount": {sent}}}')
    assert (answer.status_code, answer.json()) == (200, {"amount": answered})


@pytest.mark.parametrize(
    "sent",
    [
        *(
            '"1e3"',
            "1e3",
            "1E-2",
            "-1",
            "0",
            "-0",
            "true",
            "null",
            "[]",
            "{}",
            '""',
            '"NaN"',
            '"0.0000001"',
            "1.0000000",
        ),
        *('"1_000"', '"\\u0663"', '"+1"', '" 1"', '"1\\n"', "1000000000.000001", "1" * 100),
    ],
)
def test_what_is_no_amount_is_refused(http: Client, sent: str) -> None:
    answer = echo(http, f'{{"amount": {sent}}}')
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "amount")


def test_an_adjustment_may_be_negative(http: Client) -> None:
    assert echo(http, '{"change": "-2.5"}').json() == {"change": "-2.5"}


@pytest.mark.parametrize(
    "member",
    [
        *(
            {"count": 5.5},
            {"count": "5"},
            {"final": "true"},
            {"count": "٣"},
            {"count": True},
            {"count": "1_0"},
            {"count": 11},
            {"count": " 1"},
        ),
        *({"final": 1}, {"final": "yes"}, {"final": None}, {"final": []}, {"final": "True"}),
        *({"at": "2026-11-21T10:00:00"}, {"at": "2026-11-21"}, {"at": 5}, {"at": "2026-13-01T00:00:00Z"}, {"at": "Z"}),
        {"at": "0001-01-01T00:00:00+23:59"},
    ],
)
def test_lenient_spellings_are_refused(http: Client, member: dict[str, object]) -> None:
    assert echo(http, json.dumps(member)).status_code == 400


def test_a_fraction_that_is_whole_is_still_no_integer(http: Client) -> None:
    assert echo(http, '{"count": 5.0}').status_code == 400


def test_an_instant_is_answered_in_utc(http: Client) -> None:
    assert echo(http, '{"at": "2026-11-21T10:00:00+02:00"}').json() == {"at": "2026-11-21T08:00:00Z"}


def test_a_query_is_read_as_strictly(http: Client) -> None:
    assert http.get("/api/echo?count=5&final=true").json() == {"read": {"count": 5, "final": True}}
    for query in ("cuont=5", "count=5&count=5", "count=5.0", "final=1", "limit=5"):
        answer = http.get(f"/api/echo?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed"), query
