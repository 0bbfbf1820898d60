"""Links that end a kind of message for a wallet: whoever has the message may follow them, without a login."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "notifications.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link ends: messages of one name by one channel about one wallet."""

    reference: str
    channel: str
    name: str


def unsubscribe_url(subscription: Subscription) -> str:
    """Return the link; it is valid for ever, because old mails are read, too."""
    token = signing.dumps([subscription.reference, subscription.channel, subscription.name], salt=SALT)
    return f"{settings.SITE_URL}{reverse('unsubscribe', args=[token])}"


def subscription_of(token: str) -> Subscription | None:
    """Return what a link ends, None for a link that we did not make."""
    try:
        return Subscription(*signing.loads(token, salt=SALT))
    except signing.BadSignature:
        return None
