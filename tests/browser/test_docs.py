"""The API's page in a real browser: shown without the internet and without an error."""

import pytest
from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.run_once


def test_the_api_page_shows_every_call_and_loads_nothing_from_elsewhere(
    context: BrowserContext, live_server: object
) -> None:
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server}/api/docs")
    page.wait_for_selector(".opblock")
    page.locator("#operations-credits-consume button").first.click()
    page.wait_for_selector("#operations-credits-consume .responses-wrapper")
    assert page.locator(".opblock").count() > 40
    assert said == []
    assert [url for url in asked if not url.startswith((str(live_server), "data:"))] == []
