"""What was used: by idempotency key, by id, by time."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ..exceptions import EventNotFound
from ..models import UsageEvent

Scope = tuple[str, str, str | None]
"""Reference of the wallet, principal, idempotency key."""


def events_under(scopes: Iterable[Scope]) -> dict[Scope, list[UsageEvent]]:
    """Return the events recorded under each key, all parts of a charge in their order."""
    wanted = {scope for scope in scopes if scope[2] is not None}
    if not wanted:
        return {}
    firsts = UsageEvent.objects.filter(
        wallet__reference__in={reference for reference, _, _ in wanted}, idempotency_key__in={key for *_, key in wanted}
    )
    found: dict[Scope, list[UsageEvent]] = {}
    for event in firsts.select_related("wallet", "rate"):
        scope = (event.wallet.reference, event.principal, event.idempotency_key)
        if scope in wanted:
            found[scope] = [event, *_further_parts(event)]
    return found


def _further_parts(event: UsageEvent) -> Iterable[UsageEvent]:
    """Return the other events of a charge; their number stands in the key of each, after a blank that no key has."""
    if event.parts == 1:
        return ()
    keys = [f"{event.idempotency_key} {number}" for number in range(1, event.parts)]
    parts = UsageEvent.objects.filter(wallet=event.wallet_id, principal=event.principal, idempotency_key__in=keys)
    return parts.select_related("wallet", "rate").order_by("id")


def read_event(event: UUID, *, for_update: bool = False) -> UsageEvent:
    """Return an event that corrects no other, with wallet and entry; raise EventNotFound."""
    events = UsageEvent.objects.filter(corrects=None)
    if for_update:
        # Locked by itself: what it names may be shared, and outer joins cannot be locked.
        events = events.select_for_update()
    found = events.filter(pk=event).first()
    if found is None:
        raise EventNotFound
    return found


def differently_rated(since: datetime, until: datetime, model: str = "") -> Iterable[UsageEvent]:
    """Yield the events of a time whose price may be another by now: those that code did not price."""
    events = UsageEvent.objects.filter(corrects=None, occurred_at__gte=since, occurred_at__lt=until)
    events = events.filter(model=model) if model else events
    return events.exclude(rate=None, amount__gt=0).select_related("wallet", "entry").order_by("id").iterator(1000)
