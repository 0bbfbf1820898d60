"""The mail as a browser shows it: the text can be read, nothing is loaded from elsewhere, nothing overflows."""

import pytest
from playwright.sync_api import BrowserContext

from notifications.channels import Message
from notifications.channels.email import email_of

pytestmark = pytest.mark.run_once
MESSAGE = Message(
    id="1",
    name="balance.low",
    title="Your credits are running low",
    text="Your balance has fallen to 9.5 credits, below the 20 at which you want to be told.\n\n" + "x" * 20,
    reference="user:019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a01",
    unsubscribe_url="https://credits.example.com/unsubscribe/abc",
)


def test_the_mail_is_readable_and_stands_alone(context: BrowserContext) -> None:
    requests: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(str(email_of(MESSAGE).alternatives[0][0]))  # type: ignore[attr-defined]
    assert requests == []
    assert page.get_by_role("heading", name=MESSAGE.title).is_visible()
    assert page.get_by_text("9.5 credits").is_visible()
    assert page.get_by_role("link", name="No more messages of this kind").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
