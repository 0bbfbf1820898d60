"""The order of hold, handler and settlement, asked of a thread and of an event loop."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin
from accounts.services.tokens import issue_tokens
from credits.models import LedgerEntry
from credits.services import freeze, release_hold
from tests.usage.metered import WALLET, events, fill, kinds, last_hold, standing
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Any]


@pytest.fixture(params=["thread", "loop"])
def ask(request: pytest.FixtureRequest, meter: Any) -> Ask:
    """Send a GET to the site, as WSGI or as ASGI serves it."""
    if request.param == "thread":
        client = Client(raise_request_exception=False)
        return lambda path, headers=None: client.get(path, headers=headers or {"X-Wallet": WALLET})
    loop_client = AsyncClient(raise_request_exception=False)
    get = async_to_sync(loop_client.get)
    return lambda path, headers=None: get(path, headers=headers or {"X-Wallet": WALLET})


def test_what_is_recorded_is_captured_and_the_rest_is_freed(ask: Ask) -> None:
    fill(20)
    answer = ask("/m/record?cost=2&cost=1.5")
    assert answer.status_code == 200
    assert (answer["X-Credits-Consumed"], answer["X-Credits-Available"]) == ("3.5", "16.5")
    assert standing() == (Decimal("16.5"), 0)
    assert kinds() == ["held", "consumed"]
    assert [(event.amount, event.operation) for event in UsageEvent.objects.order_by("id")] == [
        (2, "/m/"),
        (1.5, "/m/"),
    ]


def test_an_asynchronous_handler_is_charged_alike(ask: Ask) -> None:
    fill(20)
    assert ask("/m/arecord?cost=4")["X-Credits-Consumed"] == "4"
    assert standing() == (16, 0)


def test_recording_from_tasks_and_threads_is_charged_to_the_call(ask: Ask) -> None:
    fill(20)
    assert ask("/m/threads?cost=0.5")["X-Credits-Consumed"] == "2.5"


def test_the_header_of_the_answer_comes_before_its_body(ask: Ask) -> None:
    fill(20)
    assert ask("/m/answer?header=2&tokens=3000")["X-Credits-Consumed"] == "2"
    assert ask("/m/answer?tokens=3001")["X-Credits-Consumed"] == "3.001"


@pytest.mark.parametrize("query", ["", "?tokens=0", "?header=nan", "?tokens=-4", '?tokens="7e3"', "?tokens=1e3"])
def test_where_nothing_is_found_nothing_is_charged_and_an_event_tells(ask: Ask, query: str) -> None:
    fill(20)
    answer = ask(f"/m/answer{query}")
    assert (answer["X-Credits-Consumed"], answer["X-Credits-Available"]) == ("0", "20")
    assert kinds() == ["held", "released"]
    [missing] = events("usage.missing")
    assert (missing["reference"], missing["operation"]) == (WALLET, "/m/")


def test_zero_that_was_recorded_in_code_is_no_missing_usage(ask: Ask) -> None:
    fill(20)
    assert ask("/m/record?cost=0")["X-Credits-Consumed"] == "0"
    assert standing() == (20, 0)
    assert events("usage.missing") == []


def test_nobody_to_pay_is_401(ask: Ask) -> None:
    answer = ask("/m/record?cost=1", headers={"X-Other": "1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"]


def test_too_little_is_402_and_tells_what_would_be_enough(ask: Ask) -> None:
    fill("9.5")
    answer = ask("/m/record?cost=1")
    assert (answer.status_code, answer["Content-Type"]) == (402, "application/problem+json")
    body = answer.json()
    assert (body["code"], body["available"], body["required"]) == ("insufficient_credits", "9.5", "10")
    assert kinds() == []


def test_an_unknown_wallet_is_402(ask: Ask) -> None:
    assert ask("/m/record?cost=1").status_code == 402


def test_a_frozen_wallet_is_403(ask: Ask) -> None:
    fill(20)
    freeze(reference=WALLET, reason="a trial")
    assert ask("/m/record?cost=1").status_code == 403


@pytest.mark.parametrize("path", ["record?cost=5&status=500", "record?cost=5&status=503", "raise", "araise"])
def test_a_defect_is_free(ask: Ask, path: str) -> None:
    fill(20)
    assert ask(f"/m/{path}").status_code >= 500
    assert kinds() == ["held", "released"]
    assert standing() == (20, 0)
    assert events("usage.missing") == []


def test_a_refusal_is_free(ask: Ask) -> None:
    fill(20)
    assert ask("/m/record?cost=5&status=422")["X-Credits-Consumed"] == "0"
    assert kinds() == ["held", "released"]


@pytest.mark.parametrize(("path", "consumed"), [("record?cost=5&status=422", "5"), ("record?status=404", "0")])
def test_a_refusal_costs_what_was_recorded_if_the_setting_says_so(meter: Any, path: str, consumed: str) -> None:
    fill(20)
    meter(charge_client_errors=True)
    assert Client().get(f"/m/{path}", headers={"X-Wallet": WALLET})["X-Credits-Consumed"] == consumed


def test_more_than_was_held_is_taken_as_far_as_it_goes(ask: Ask) -> None:
    fill(12)
    answer = ask("/m/record?cost=15")
    assert (answer["X-Credits-Consumed"], answer["X-Credits-Available"]) == ("12", "0")
    assert LedgerEntry.objects.latest("sequence").shortfall == 3


def test_a_client_may_raise_the_hold_and_never_lower_it(ask: Ask) -> None:
    fill(100)
    ask("/m/record?cost=1", headers={"X-Wallet": WALLET, "X-Estimated-Tokens": "1"})
    assert (last_hold().amount, last_hold().basis) == (10, "estimate")
    ask("/m/record?cost=1", headers={"X-Wallet": WALLET, "X-Estimated-Tokens": "50000"})
    assert (last_hold().amount, last_hold().basis) == (50, "client")


@pytest.mark.parametrize("tokens", ["nan", "-1", "1e9", "1.5", "9" * 20, ""])
def test_an_estimate_that_is_no_number_is_400(ask: Ask, tokens: str) -> None:
    fill(100)
    answer = ask("/m/record?cost=1", headers={"X-Wallet": WALLET, "X-Estimated-Tokens": tokens})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert kinds() == []


def test_a_hold_that_somebody_ended_does_not_make_the_call_free(meter: Any, settings: Settings) -> None:
    fill(20)
    meter(estimate=lambda request: Decimal(10))
    from tests.usage.site import views

    def release_then_record(request: Any) -> Any:
        release_hold(hold=str(last_hold().pk))
        return views.record(request)

    from usage.middleware import CreditMeteringMiddleware

    request = Client().get("/m/free/record", headers={"X-Wallet": WALLET}).wsgi_request
    request.path = "/m/record"
    request.GET = request.GET.copy()
    request.GET["cost"] = "3"
    answer = CreditMeteringMiddleware(release_then_record)(request)
    assert answer["X-Credits-Consumed"] == "3"
    assert kinds() == ["held", "released", "consumed"]


def test_paths_outside_are_left_alone(ask: Ask) -> None:
    fill(20)
    answer = ask("/healthz")
    assert answer.status_code == 200
    assert "X-Credits-Consumed" not in answer.headers
    assert kinds() == []


def test_the_header_of_the_wallet_needs_a_trusted_proxy(settings: Settings, meter: Any) -> None:
    meter(wallet_header="")
    fill(20)
    assert Client().get("/m/record?cost=1", headers={"X-Wallet": WALLET}).status_code == 401


def test_a_user_pays_from_his_wallet_and_a_key_from_its_own(meter: Any) -> None:
    meter(wallet_header="")
    user = User.objects.create_user("ada@example.com", "tide-lantern-42")
    fill(20, f"user:{user.pk}")
    token = f"Bearer {issue_tokens(user).access}"
    assert Client().get("/m/record?cost=1", headers={"Authorization": token})["X-Credits-Available"] == "19"
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/m/record?cost=1")["X-Credits-Available"] == "18"
    key = create_api_key(name="shop", scope="spend", origin=Origin("user:test"))
    fill(20, f"key:{key.key.prefix}")
    header = {"Authorization": f"Api-Key {key.secret}"}
    assert Client().get("/m/record?cost=2", headers=header)["X-Credits-Available"] == "18"
    assert last_hold().metadata == {"operation": "/m/", "api_key": f"key:{key.key.prefix}"}
    bad = Client().get("/m/record?cost=2", headers={"Authorization": "Api-Key sk_no_such"})
    assert (bad.status_code, bad.json()["code"]) == (401, "authentication_failed")


def test_a_customer_cannot_release_what_metering_holds(meter: Any) -> None:
    meter(wallet_header="")
    user = User.objects.create_user("ada@example.com", "tide-lantern-42")
    reference = f"user:{user.pk}"
    fill(20, reference)
    from usage.metering.calls import Metering, Terms
    from usage.metering.config import metering_settings

    Metering(Terms(reference=reference, operation="o", amount=Decimal(5), basis="b"), metering_settings()).place()
    token = f"Bearer {issue_tokens(user).access}"
    release = f"/api/v1/holds/{last_hold().pk}/release"
    answer = Client().post(
        release, data="{}", content_type="application/json", headers={"Authorization": token, "Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_hold")
