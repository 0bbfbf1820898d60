"""Log lines are JSON with the request's id; secrets that pass through headers, bodies and errors are not in them."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from core import logs, request_ids

CANARY = "canary-7f3a91"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the handlers of LOGGING would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.django_db
def test_secrets_of_requests_are_not_logged(lines: io.StringIO, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.core.api.urls"
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Api-Key sk_{CANARY}", "Cookie": f"sessionid={CANARY}", "X-Secret": CANARY}
    body = json.dumps({"password": CANARY, "token": CANARY, "email": "a@example.com"})
    for path in ("/api/v1/auth/token", "/api/echo", "/api/any", "/api/v1/api-keys", "/api/v1/nothing"):
        client.post(f"{path}?api_key={CANARY}", body, content_type="application/json", headers=headers)
    client.get("/api/fail/defect", headers=headers)
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {CANARY}"})
    assert len(parsed(lines)) >= 7
    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize(
    "event",
    [
        {"password": CANARY},
        {"headers": {"Authorization": CANARY, "Set-Cookie": CANARY}},
        {"body": [{"refresh": CANARY, "nested": {"webhook_secret": CANARY}}]},
        {"api_key": CANARY, "apikey": CANARY, "SECRET_KEY": CANARY, "key": CANARY},
        {"text": f"called with Authorization: Bearer {CANARY}"},
        {"text": f"called with Api-Key sk_abc_{CANARY} twice"},
        {"text": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{CANARY}.{CANARY}"},
        {"text": f"{{'password': '{CANARY}', 'n': 1}}"},
        {"text": f'{{"token": "{CANARY}"}}'},
        {"url": f"https://example.com/?token={CANARY}&n=1"},
        {"data": {CANARY + "-in-a-tuple": ("Basic " + CANARY,)}.popitem()[1]},
        {"error": RuntimeError(f"secret={CANARY}")},
    ],
)
def test_a_secret_is_known_by_its_name_or_its_looks(lines: io.StringIO, event: dict[str, Any]) -> None:
    logs.get_logger("test").info("thing_happened", **event)
    assert CANARY not in lines.getvalue()
    assert logs.REDACTED in lines.getvalue()


def test_a_traceback_is_cleaned_too(lines: io.StringIO) -> None:
    try:
        raise RuntimeError(f"password={CANARY}")
    except RuntimeError:
        logging.getLogger("library").exception("failed with token=%s", CANARY)
    assert "Traceback" in lines.getvalue()
    assert CANARY not in lines.getvalue()


def test_what_is_no_secret_stays(lines: io.StringIO) -> None:
    logs.get_logger("test").info("wallet_opened", reference="user:1", amount="12.5", idempotency_key="order-1", n=3)
    line = parsed(lines)[-1]
    assert (line["event"], line["reference"], line["amount"]) == ("wallet_opened", "user:1", "12.5")
    assert (line["idempotency_key"], line["n"], line["level"]) == ("order-1", 3, "info")
    assert line["at"].endswith("Z")


def test_a_line_break_in_a_value_forges_no_line(lines: io.StringIO) -> None:
    logs.get_logger("test").info("thing_happened", text='a\n{"event": "forged"}')
    assert len(parsed(lines)) == 1


@pytest.mark.django_db
def test_every_line_of_a_request_carries_its_id(lines: io.StringIO, client: Client) -> None:
    client.get("/api/v1/nothing", headers={"X-Request-Id": "trace-42"})
    finished = [line for line in parsed(lines) if line["event"] == "request_finished"]
    assert [(line["request_id"], line["status"], line["path"]) for line in finished] == [
        ("trace-42", 404, "/api/v1/nothing")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("offered", ["trace-42", "a" * 64, "A.b_c:d-1"])
def test_a_valid_request_id_is_the_callers(client: Client, offered: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": offered})["X-Request-Id"] == offered


@pytest.mark.django_db
@pytest.mark.parametrize("offered", ["", "a" * 65, "a b", "ä", "<script>", "a\u2028", "a,b"])
def test_an_invalid_request_id_is_replaced(client: Client, offered: str) -> None:
    made = client.get("/healthz", headers={"X-Request-Id": offered})["X-Request-Id"]
    assert made != offered
    assert len(made) == 36


@pytest.mark.django_db
def test_two_requests_have_two_ids_and_none_is_left_over(client: Client) -> None:
    assert client.get("/healthz")["X-Request-Id"] != client.get("/healthz")["X-Request-Id"]
    assert request_ids.current() == ""


def test_readable_lines_show_control_characters_instead_of_obeying_them() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(readable=True))
    record = logging.LogRecord("x", logging.INFO, "", 0, "went to %s", ("/a\x1b[2J\r\nforged",), None)
    handler.handle(record)
    try:
        raise ValueError("\x1b[31mred\u2028\x9b")
    except ValueError:
        handler.handle(logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info()))
    text = stream.getvalue()
    assert "/a\\x1b[2J\\r\\nforged" in text
    assert [sign for sign in text if not sign.isprintable() and sign != "\n"] == []
    assert len(text.split("\n")[0].split("forged")) == 2
    assert "Traceback" in text
    assert "\\x1b[31mred" in text
