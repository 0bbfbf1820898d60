"""When a balance falls below what its owner wants: told once for each crossing.

An event says what its entry moved and what the balance is then, so the entry that crosses is known without any state:
before it the balance was not low, after it it is. Whatever consumers do at once, one entry crosses.
"""

from collections.abc import Sequence
from decimal import Decimal

from core.amounts import format_micros, to_micros
from core.events import News
from core.models import Event

from ..selectors import Audience, last_grants, low_balance_of, wallet_of
from .ledger_lines import TRANSACTIONS


def find_low_balances(events: Sequence[Event], audience: Audience) -> list[News]:
    """Return a `balance.low` for each event by which a balance fell below its threshold."""
    falls = [event for event in events if _falls(event) and audience.hears(wallet_of(event))]
    wanted = {event.id: low_balance_of(audience.preferences.get(wallet_of(event))) for event in falls}
    shared = [event.payload["entry"] for event in falls if wanted[event.id][1] is not None]
    grants = last_grants(shared) if shared else {}
    news = []
    for event in falls:
        amount, percent = wanted[event.id]
        threshold = amount if percent is None else grants.get(event.payload["entry"], Decimal(0)) * percent / 100
        if threshold is not None and _crosses(event, threshold):
            news.append(_news(event, threshold))
    return news


def _falls(event: Event) -> bool:
    return event.name in TRANSACTIONS and str(event.payload["amount"]).startswith("-")


def _crosses(event: Event, threshold: Decimal) -> bool:
    after = Decimal(event.payload["balance"])
    return after < threshold <= after - Decimal(event.payload["amount"])


def _news(event: Event, threshold: Decimal) -> News:
    payload = {
        "wallet": wallet_of(event),
        "balance": event.payload["balance"],
        "threshold": format_micros(to_micros(threshold.quantize(Decimal("0.000001")))),
        "entry_id": event.payload["entry"],
    }
    return "balance.low", event.stream, payload
