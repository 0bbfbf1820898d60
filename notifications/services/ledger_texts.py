"""The texts of ledger lines, made from the entries and refusals that they stand for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.amounts import format_micros, to_micros
from core.json_text import canonical
from credits.models import LedgerEntry

from ..models import LedgerLine
from ..models.ledger_lines import ERROR, TRANSACTION

AMOUNTS = ("amount", "held_change", "debt_change", "balance_after", "held_after", "debt_after", "shortfall")
PLAIN = ("sequence", "kind", "contra", "principal", "actor", "hash")
IDS = ("grant_id", "hold_id", "reverses_id", "caused_by_id")


def lines_after(position: int, limit: int) -> list[tuple[int, str]]:
    """Return the next lines after a position, with their positions, in two statements."""
    lines = list(LedgerLine.objects.filter(position__gt=position).order_by("position")[:limit])
    return [(line.position, canonical(members)) for line, members in zip(lines, members_of(lines), strict=True)]


def members_of(lines: Sequence[LedgerLine]) -> Iterable[dict[str, Any]]:
    """Return what each line says. Descriptions and metadata stay in the ledger, where they can be erased."""
    wanted = [line.line_id for line in lines if line.event_type == TRANSACTION]
    entries = LedgerEntry.objects.select_related("caused_by").in_bulk(wanted)
    return [_members(line, entries.get(line.line_id)) for line in lines]


def _members(line: LedgerLine, entry: LedgerEntry | None) -> dict[str, Any]:
    details = (line.details or {}) if entry is None else _details(entry)
    correlation = details.get("request_id") if entry is None else _correlation(entry)
    return {
        "position": line.position,
        "id": str(line.line_id),
        "event_type": line.event_type,
        "name": line.name,
        "wallet": line.wallet or None,
        "correlation_id": correlation or None,
        "message": _message(line, entry),
        "details": details,
        "created_at": _instant(line.created_at if entry is None else entry.created_at),
    }


def _message(line: LedgerLine, entry: LedgerEntry | None) -> str:
    if entry is not None:
        return f"{entry.kind} {_amount(entry.amount)}, balance {_amount(entry.balance_after)}"
    said = (line.details or {}).get("detail") if line.event_type == ERROR else ""
    return str(said or line.name)


def _details(entry: LedgerEntry) -> dict[str, Any]:
    amounts = {name: _amount(getattr(entry, name)) for name in AMOUNTS}
    plain = {name: getattr(entry, name) for name in PLAIN}
    ids = {name.removesuffix("_id"): str(value) if (value := getattr(entry, name)) else None for name in IDS}
    return {**amounts, **plain, **ids, "effective_at": _instant(entry.effective_at)}


def _correlation(entry: LedgerEntry) -> str | None:
    """Return the id of the request; what follows from an entry belongs to the request of that."""
    return entry.request_id or (entry.caused_by.request_id if entry.caused_by else None)


def _amount(value: Any) -> str:
    return format_micros(to_micros(value))


def _instant(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
