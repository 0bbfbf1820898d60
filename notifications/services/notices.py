"""Notices: an event in words, in the inbox of a wallet's owner or of the operators, and by the channels he chose."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from core.exceptions import NotFound
from core.models import Event
from payments import currencies

from ..channels import channel_names
from ..kinds import KINDS, Kind, matches, words_of
from ..models import Delivery, Notice
from ..selectors import INBOX, Audience, names_wanted, sources_of, wallet_of
from .alarms import Alarms

# A purchase and a subscription are told as such, and a daily allowance would only be noise.
GRANTS_TOLD = frozenset({"promotion", "referral", "adjustment", "import"})
GRANT_NAMES = ("grant.issued", "grant.activated")


def tell(*, events: Sequence[Event], audience: Audience) -> None:
    """Write the notices of events that somebody wants, and their deliveries, into the caller's transaction."""
    alarms = Alarms(events)
    heard = [event for event in events if event.name in KINDS and _has_reader(event, audience)]
    dull = _dull_grants(heard)
    told = {event.id for event in heard} - dull
    notices = []
    for event in events:
        alarms.lower(event)
        if event.id in told and alarms.let_through(event, KINDS[event.name], _reader(event)):
            notices.append(_notice(event, KINDS[event.name], audience))
    alarms.keep()
    Notice.objects.bulk_create(notices)
    Delivery.objects.bulk_create([delivery for notice in notices for delivery in _deliveries(notice, audience)])


def list_notices(*, reference: str | None, unread: bool = False) -> QuerySet[Notice]:
    """Return what stands in the inbox of a wallet, or for None in all of them."""
    found = Notice.objects.filter(is_listed=True)
    found = found.exclude(reference="") if reference is None else found.filter(reference=reference)
    return found.filter(read_at=None) if unread else found


def mark_read(*, notice_id: UUID, reference: str | None, at: datetime) -> Notice:
    """Note that a notice was read; raise NotFound for one of another wallet than `reference`, if that is given."""
    found = list_notices(reference=reference).filter(pk=notice_id)
    found.filter(read_at=None).update(read_at=at)
    notice = found.first()
    if notice is None:
        raise NotFound
    return notice


def _has_reader(event: Event, audience: Audience) -> bool:
    reader = _reader(event)
    return not reader or reader in audience.owned


def _reader(event: Event) -> str:
    """Return the wallet whose owner reads of an event, "" for the operators."""
    return "" if KINDS[event.name].for_operators else wallet_of(event)


def _dull_grants(events: Sequence[Event]) -> set[int]:
    grants = {event.payload["entry"]: event.id for event in events if event.name in GRANT_NAMES}
    sources = sources_of(grants) if grants else {}
    return {event_id for entry, event_id in grants.items() if sources.get(entry) not in GRANTS_TOLD}


def _notice(event: Event, kind: Kind, audience: Audience) -> Notice:
    reader = _reader(event)
    return Notice(
        reference=reader,
        name=event.name,
        key=f"{event.stream}#{event.stream_seq}",
        title=kind.title,
        text=words_of(kind, {**event.payload, **_derived(event.payload)}),
        data=event.payload,
        created_at=event.created_at,
        is_listed=matches(event.name, names_wanted(audience.preferences.get(reader), INBOX)),
    )


def _deliveries(notice: Notice, audience: Audience) -> list[Delivery]:
    preference = audience.preferences.get(notice.reference)
    if not notice.reference and not settings.OPERATOR_EMAILS:
        return []  # the operators look at the admin
    wanted = [name for name in channel_names() if matches(notice.name, names_wanted(preference, name))]
    return [Delivery(channel=name, notice=notice, name=notice.name) for name in wanted]


def _derived(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return what people read instead of minor units and instants: `amount_minor` is `money`."""
    words = {f"{name[:-3]}_on": str(value)[:10] for name, value in payload.items() if name.endswith("_at") and value}
    for name, value in payload.items():
        if name.endswith("_minor") and isinstance(value, int) and payload.get("currency"):
            word = "money" if name == "amount_minor" else f"{name[:-6]}_money"
            words[word] = currencies.write(value, payload["currency"])
    return words
