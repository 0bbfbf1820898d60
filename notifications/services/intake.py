"""What becomes of events: all that must not be lost is written in the transaction that marks them as delivered."""

from collections.abc import Sequence

from core import events as outbox
from core.models import Event

from ..models import Delivery
from ..models.deliveries import WEBHOOK
from ..selectors import Audience, audience_of
from .ledger_lines import add_lines
from .low_balance import find_low_balances
from .notices import tell


def take_in(*, events: Sequence[Event]) -> None:
    """Write the ledger lines, notices and deliveries that events ask for, into the caller's transaction.

    The number of statements does not depend on that of the events.
    """
    add_lines(events=events)
    audience = audience_of(events)
    outbox.publish_many(find_low_balances(events, audience))
    tell(events=events, audience=audience)
    _call_endpoints(events, audience)


def _call_endpoints(events: Sequence[Event], audience: Audience) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(channel=WEBHOOK, endpoint=endpoint, name=event.name, payload=webhook_body(event))
            for event in events
            for endpoint in audience.endpoints_for(event)
        ]
    )


def webhook_body(event: Event) -> dict[str, object]:
    """Return what an endpoint gets; deliveries come in any order, and `stream_seq` tells the true one."""
    return {
        "type": event.name,
        "timestamp": event.created_at.isoformat().replace("+00:00", "Z"),
        "stream": event.stream,
        "stream_seq": event.stream_seq,
        "data": event.payload,
    }
