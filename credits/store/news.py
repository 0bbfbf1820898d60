"""The events that the ledger publishes: one for each entry, under the name that its kind has in the outside world."""

from core.amounts import format_micros
from core.events import News
from core.problems import Problem

from ..engine.commands import Command
from ..engine.state import Entry

NAMES = {
    "issued": "grant.issued",
    "activated": "grant.activated",
    "scheduled": "grant.scheduled",
    "unscheduled": "grant.unscheduled",
    "expired": "grant.expired",
    "rolled_over": "grant.rolled_over",
    "voided": "grant.voided",
    "clawed_back": "grant.clawed_back",
    "consumed": "credits.consumed",
    "reversed": "credits.reversed",
    "transferred": "credits.transferred",
    "shortfall": "shortfall.recorded",
    "adjusted": "balance.adjusted",
    "reset": "balance.reset",
    "debt_incurred": "debt.incurred",
    "debt_repaid": "debt.repaid",
    "debt_forgiven": "debt.forgiven",
    "held": "hold.placed",
    "extended": "hold.extended",
    "released": "hold.released",
    "hold_expired": "hold.expired",
    "frozen": "wallet.frozen",
    "unfrozen": "wallet.unfrozen",
}


def stream_of(reference: str) -> str:
    """Return the stream in which a wallet's events are numbered."""
    return f"wallet:{reference}"


def news_of_entry(entry: Entry) -> News:
    """Return the event of an entry; its texts stay in the ledger, where they can be erased."""
    payload: dict[str, object] = {
        "wallet": entry.reference,
        "entry": entry.id,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "amount": format_micros(entry.amount),
        "balance": format_micros(entry.balance_after),
        "held": format_micros(entry.held_after),
        "debt": format_micros(entry.debt_after),
    }
    if entry.shortfall:
        payload["shortfall"] = format_micros(entry.shortfall)
    return NAMES[entry.kind], stream_of(entry.reference), payload


def news_of_refusal(command: Command, refusal: Problem, refusal_id: str, sequence: int) -> News:
    """Return the event of a refused command; what the wallet had is what its entries up to `sequence` add up to."""
    payload: dict[str, object] = {
        "wallet": command.reference,
        "refusal": refusal_id,
        "sequence": sequence,
        "operation": type(command).__name__,
        "code": refusal.code,
        "detail": refusal.detail,
        "actor": command.actor,
        "request_id": command.request_id,
        "members": {name: str(value) for name, value in refusal.members.items() if name != "expiring"},
    }
    return "operation.refused", stream_of(command.reference), payload


def news_of_opening(reference: str) -> News:
    """Return the event of a wallet's opening."""
    return "wallet.opened", stream_of(reference), {"wallet": reference}
