"""The example of 30 lines, run against a real server."""

from collections.abc import Callable

import httpx
import pytest
from django.conf import settings

from tests.client.servers import UVICORN, serve_command
from tests.usage.metered import kinds, standing

pytestmark = [pytest.mark.django_db, pytest.mark.run_once]
EXAMPLES = settings.BASE_DIR / "examples"


def test_the_example_charges_what_it_does(server: str, key: str, fill: Callable[..., str]) -> None:
    assert len((EXAMPLES / "fastapi_app.py").read_text().splitlines()) <= 30
    shop = fill(20)
    command = [*UVICORN, "--app-dir", str(EXAMPLES), "fastapi_app:app"]
    with serve_command(command, SCRIP_URL=server, SCRIP_KEY=key) as base:
        answer = httpx.post(f"{base}/v1/shout", json={"text": "hello"}, headers={"X-User": shop}, timeout=30)
        refused = httpx.post(f"{base}/v1/shout", json={"text": "hello"}, timeout=30)
    assert answer.json() == {"text": "HELLO"}
    assert (answer.headers["X-Credits-Consumed"], answer.headers["X-Credits-Available"]) == ("0.5", "19.5")
    assert refused.status_code == 401
    assert kinds(shop) == ["held", "consumed"]
    assert standing(shop)[1] == 0
