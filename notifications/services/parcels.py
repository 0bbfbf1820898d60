"""A delivery made ready to go: all that its sending needs, read before threads without a database take over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial

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


def parcels_of(deliveries: Sequence[Delivery]) -> list[Parcel]:
    """Return deliveries ready to go; what cannot be made ready fails when it is sent."""
    references = {one.notice.reference for one in deliveries if one.notice}
    owners = User.objects.filter(wallet__reference__in=references, is_active=True)
    found = {reference: owner for owner in owners.select_related("wallet") if (reference := owner.wallet.reference)}
    # Unsealing takes longer than signing, and a hundred of them may go to one endpoint.
    secrets = cache(secrets_of)
    return [_parcel(one, secrets, found.get(one.notice.reference) if one.notice else None) for one in deliveries]


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets that sign at present: the newest first, and for a day the one before it."""
    rotated_at = endpoint.rotated_at
    is_recent = rotated_at is not None and clock.now() < rotated_at + OLD_SECRET_LIFE
    sealed = [endpoint.secret, *([endpoint.previous_secret] if is_recent and endpoint.previous_secret else [])]
    return [unseal(one) for one in sealed]


def message_of(notice: Notice, *, delivery: Delivery, owner: User | None) -> Message:
    """Return what a channel sends of a notice: to the wallet's owner, or to the operators."""
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


def _parcel(delivery: Delivery, secrets: Callable[[WebhookEndpoint], list[str]], owner: User | None) -> Parcel:
    try:
        send = _sending(delivery, secrets, owner)
    except (SealBroken, KeyError) as error:
        send = partial(_fail, str(error))
    return Parcel(str(delivery.pk), delivery.endpoint_id or delivery.channel, send)


def _sending(
    delivery: Delivery, secrets: Callable[[WebhookEndpoint], list[str]], owner: User | None
) -> Callable[[], None]:
    endpoint, notice = delivery.endpoint, delivery.notice
    if endpoint is not None:
        keys, body = secrets(endpoint), canonical(delivery.payload)
        return WebhookCall(id=f"msg_{delivery.pk.hex}", url=endpoint.url, body=body, secrets=keys).send
    assert notice is not None  # noqa: S101  a constraint of the table says so
    return partial(channel_of(delivery.channel).send, message_of(notice, delivery=delivery, owner=owner))


def _fail(text: str) -> None:
    raise Undelivered(text)
