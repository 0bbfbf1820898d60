"""Shadow mode: everything is computed and logged, nothing is refused or charged."""

from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from tests.usage.metered import WALLET, fill, kinds, standing

pytestmark = pytest.mark.django_db(transaction=True)
HEADERS = {"X-Wallet": WALLET}


def test_what_would_be_charged_is_logged_and_not_charged(meter: Any) -> None:
    meter(shadow=True)
    fill(5)
    with capture_logs() as logs:
        answer = Client().get("/m/record?cost=7", headers=HEADERS)
    assert (answer.status_code, answer["X-Credits-Consumed"]) == (200, "0")
    assert (standing(), kinds()) == ((5, 0), [])
    said = {entry["event"]: entry for entry in logs}
    assert said["shadow_hold"]["would_refuse"] is True
    assert str(said["shadow_charge"]["amount"]) == "7.000000"


def test_nobody_is_refused(meter: Any) -> None:
    meter(shadow=True, requests_per_minute={"0": 0}, estimate="2", slice_credits="2")
    assert Client().get("/m/record?cost=1").status_code == 200
    assert Client().get("/m/record?cost=1", headers=HEADERS).status_code == 200
    response: Any = Client().get("/m/stream?chunks=12&cost=5", headers=HEADERS)
    assert len(list(response.streaming_content)) == 12
