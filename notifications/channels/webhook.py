"""Outgoing webhooks, signed as Standard Webhooks describes (https://www.standardwebhooks.com)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from .http import post


@dataclass(frozen=True, kw_only=True)
class WebhookCall:
    """An event for an endpoint; after a rotation there are two secrets, and a signature by each."""

    id: str
    url: str
    body: str
    secrets: Sequence[str]

    def send(self) -> None:
        """Send it; raises Undelivered."""
        # Receivers compare with their own clock, so this is real time, whatever the test clock shows.
        headers = signed_headers(self.id, datetime.now(UTC), self.body, self.secrets)
        post(self.url, self.body.encode(), headers)


def signed_headers(message_id: str, at: datetime, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """Return the headers of one attempt; `at` is in UTC."""
    signatures = " ".join(Webhook(secret).sign(message_id, at, body) for secret in secrets)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Scrip-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }
