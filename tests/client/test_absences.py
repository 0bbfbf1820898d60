"""Who is away: a client in the middle of a stream, by the setting's policy, and the server of credits."""

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest

from config.run.servers import free_port
from tests.client.servers import COMMANDS, serve_command
from tests.client.test_metering import wait_for
from tests.usage.metered import standing

pytestmark = [pytest.mark.django_db, pytest.mark.run_once]


@pytest.mark.parametrize("name", ["fastapi", "flask"])
@pytest.mark.parametrize(("policy", "left"), [("reported", "98"), ("released", "100")])
def test_what_becomes_of_a_stream_without_a_client(
    name: str, policy: str, left: str, server: str, key: str, fill: Callable[..., str]
) -> None:
    shop = fill(100)
    with serve_command(COMMANDS[name], SCRIP_URL=server, SCRIP_KEY=key, SITE_GONE=policy) as base:
        url = f"{base}/m/stream?chunks=20&cost=0.1&pause=0.05"
        with httpx.stream("GET", url, headers={"X-Wallet": shop}, timeout=30) as answer:
            next(answer.iter_lines())
        wait_for(lambda: standing(shop) == (Decimal(left), 0))


@pytest.mark.parametrize("name", COMMANDS)
def test_without_the_server_of_credits_nothing_runs(name: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with serve_command(COMMANDS[name], SCRIP_URL=nowhere, SCRIP_KEY="sk_unused") as base:
        answer = httpx.get(f"{base}/m/record?cost=1", headers={"X-Wallet": "shop"}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


def test_a_wrong_key_is_no_matter_of_the_clients(server: str, key: str) -> None:
    with serve_command(COMMANDS["fastapi"], SCRIP_URL=server, SCRIP_KEY="sk_unknown") as base:
        answer = httpx.get(f"{base}/m/record?cost=1", headers={"X-Wallet": "shop"}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
