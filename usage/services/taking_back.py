"""Take usage back whose price code gave, because better is known by now."""

from uuid import UUID

from django.db import transaction

from credits.services import Origin, Posted, reverse_entry

from ..models import UsageEvent


@transaction.atomic
def take_back_usage(*, entry: str, reason: str, origin: Origin) -> Posted:
    """Reverse an entry, and correct the events that it paid for to nothing; raise EntryNotFound or NotReversible."""
    posted = reverse_entry(entry=entry, reason=reason, origin=origin)
    if not posted.replayed:
        events = UsageEvent.objects.filter(entry=UUID(entry), corrects=None)
        UsageEvent.objects.bulk_create([_correction(event, posted, origin) for event in events])
    return posted


def _correction(event: UsageEvent, posted: Posted, origin: Origin) -> UsageEvent:
    return UsageEvent(
        wallet_id=event.wallet_id,
        provider=event.provider,
        model=event.model,
        operation=event.operation,
        input_tokens=-event.input_tokens,
        output_tokens=-event.output_tokens,
        amount=-event.amount,
        occurred_at=event.occurred_at,
        entry_id=UUID(posted.entry.id),
        corrects=event,
        revision=1,
        principal=origin.principal,
        fingerprint="",
        actor=origin.actor,
        request_id=origin.request_id,
    )
