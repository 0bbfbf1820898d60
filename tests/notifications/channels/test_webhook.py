"""Signatures: the published vector, and two libraries that verify what we sign."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from core.json_text import canonical
from notifications.channels.webhook import signed_headers
from notifications.services.endpoints import new_secret

# Of the specification: https://github.com/standard-webhooks/standard-webhooks
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_ID, VECTOR_AT, VECTOR_BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
BODY = canonical({"type": "credits.consumed", "data": {"amount": "-12.5", "text": "naïve ✓"}})


def test_the_published_vector_is_signed_as_published() -> None:
    headers = signed_headers(VECTOR_ID, datetime.fromtimestamp(VECTOR_AT, UTC), VECTOR_BODY, [SECRET])
    assert headers["webhook-signature"] == VECTOR_SIGNATURE
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (VECTOR_ID, str(VECTOR_AT))


@pytest.mark.parametrize("library", [svix.webhooks.Webhook, standardwebhooks.Webhook])
def test_two_libraries_verify_what_we_sign(library: Any) -> None:
    secret = new_secret()
    headers = signed_headers("msg_1", datetime.now(UTC), BODY, [secret])
    library(secret).verify(BODY, headers)
    for altered in (BODY.replace("12.5", "13.5"), BODY + " "):
        with pytest.raises(Exception, match="No matching signature"):
            library(secret).verify(altered, headers)


def test_while_a_secret_is_rotated_both_verify() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers("msg_1", datetime.now(UTC), BODY, [new, old])
    for secret in (old, new):
        svix.webhooks.Webhook(secret).verify(BODY, headers)
    with pytest.raises(svix.webhooks.WebhookVerificationError):
        svix.webhooks.Webhook(new_secret()).verify(BODY, headers)


def test_an_old_stamp_is_refused_by_receivers() -> None:
    secret = new_secret()
    headers = signed_headers("msg_1", datetime.now(UTC) - timedelta(minutes=6), BODY, [secret])
    with pytest.raises(svix.webhooks.WebhookVerificationError):
        svix.webhooks.Webhook(secret).verify(BODY, headers)
