"""A delivery made ready to go: all that its sending needs, read before threads without a database take over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings

from accounts.models import User
from core import clock
from core.json_text import canonical

from ..channels import Message, Undelivered, channel_of
from ..channels.webhook import WebhookCall
from ..models import Delivery, Notice, WebhookEndpoint
from ..sealing import SealBroken, unseal
from ..unsubscribing import Subscription, unsubscribe_url

# Receivers have a day to take up the new secret.
OLD_SECRET_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """`place` is where it goes: an endpoint, or the whole of a channel."""

    id: str
    place: object
    send: Callable[[], None]


def parcel_of(delivery: Delivery) -> Parcel:
    """Return a delivery ready to go; what cannot be made ready fails when it is sent."""
    try:
        send = _webhook(delivery) if delivery.endpoint else _message(delivery)
    except (SealBroken, KeyError) as error:
        send = partial(_fail, str(error))
    return Parcel(str(delivery.pk), delivery.endpoint_id or delivery.channel, send)


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets that sign at present: the newest first, and for a day the one before it."""
    rotated_at = endpoint.rotated_at
    is_recent = rotated_at is not None and clock.now() < rotated_at + OLD_SECRET_LIFE
    sealed = [endpoint.secret, *([endpoint.previous_secret] if is_recent and endpoint.previous_secret else [])]
    return [unseal(one) for one in sealed]


def _webhook(delivery: Delivery) -> Callable[[], None]:
    endpoint = delivery.endpoint
    assert endpoint is not None  # noqa: S101  who calls has looked
    body = canonical(delivery.payload)
    return WebhookCall(id=f"msg_{delivery.pk.hex}", url=endpoint.url, body=body, secrets=secrets_of(endpoint)).send


def _message(delivery: Delivery) -> Callable[[], None]:
    assert delivery.notice is not None  # noqa: S101  a constraint says so
    return partial(channel_of(delivery.channel).send, message_of(delivery.notice, delivery))


def message_of(notice: Notice, delivery: Delivery) -> Message:
    """Return what a channel sends of a notice: to the wallet's owner, or to the operators."""
    owner = User.objects.filter(wallet__reference=notice.reference, is_active=True).first()
    addresses = ((owner.email,) if owner else ()) if notice.reference else tuple(settings.OPERATOR_EMAILS)
    link = unsubscribe_url(Subscription(notice.reference, delivery.channel, notice.name)) if notice.reference else ""
    return Message(
        id=str(delivery.pk),
        name=notice.name,
        title=notice.title,
        text=notice.text,
        addresses=addresses,
        reference=notice.reference,
        data=notice.data,
        attributes=owner.attributes if owner else {},
        unsubscribe_url=link,
    )


def _fail(text: str) -> None:
    raise Undelivered(text)
