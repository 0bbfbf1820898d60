"""METERING: typed, and every member that is wrong is named."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import RequestFactory

from usage.metering.config import read_metering, wrong_members

WRONG = [
    ("colour", 1),
    ("paths", "/v1/"),
    ("wallet", "no.such.function"),
    ("wallet", "os.sep"),
    ("wallet_header", 3),
    ("estimate", "0"),
    ("estimate", -1),
    ("estimate", {"/v1/": "1"}),
    ("estimate", {"": "1", "/v1/": "x.y"}),
    ("credits_per_unit", "nan"),
    ("charge_client_errors", "yes"),
    ("hold_seconds", 700_000),
    ("slice_credits", 0),
    ("client_gone", "never"),
    ("requests_per_minute", {"0": -1}),
    ("threads", True),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_member_is_named(name: str, value: object) -> None:
    assert [name in sentence for sentence in wrong_members({name: value})] == [True]
    with pytest.raises(ImproperlyConfigured, match=name):
        read_metering({name: value})


def test_the_system_check_names_the_member(settings: Any) -> None:
    settings.METERING = {"client_gone": "never"}
    with pytest.raises(SystemCheckError, match="client_gone"):
        call_command("check")


def test_a_header_names_the_wallet_only_behind_a_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    assert "TRUSTED_PROXIES" in wrong_members({"wallet_header": "X-Wallet"})[0]


def test_estimates_go_by_the_longest_prefix() -> None:
    estimate = read_metering({"estimate": {"": "1", "/v1/": "2", "/v1/images": "30.5"}}).estimate
    asked = [estimate(RequestFactory().get(path)) for path in ("/", "/v1/chat", "/v1/images/x")]
    assert asked == [1, 2, Decimal("30.5")]


def test_the_environment_gives_it_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings.base import env

    monkeypatch.setenv("METERING", '{"paths": ["/v1/"], "estimate": "5", "requests_per_minute": {"0": 3, "10": 9}}')
    metering = read_metering(env.json("METERING"))
    assert (metering.paths, metering.requests_per_minute) == (("/v1/",), ((Decimal(10), 9), (Decimal(0), 3)))
