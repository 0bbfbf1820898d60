"""Objects of the ledger as plain JSON members, from the engine's objects and from stored rows alike."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.amounts import format_micros, to_micros

from ..engine.state import Entry, Grant, Hold
from ..models import Grant as GrantRow
from ..models import Hold as HoldRow
from ..models import LedgerEntry
from ..readings import WalletReading
from ..selectors.wallets import PastBalance

Members = dict[str, Any]


def amount_text(value: int | Decimal) -> str:
    """Return the canonical text of an engine's count of millionths, or of a row's decimal."""
    return format_micros(value if isinstance(value, int) else to_micros(value))


def instant_text(value: datetime | None) -> str | None:
    """Return an instant as RFC 3339 in UTC."""
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def wallet_of(wallet: WalletReading) -> Members:
    """Return the members of a wallet at present."""
    return {
        "reference": wallet.reference,
        "status": wallet.status,
        "balance": format_micros(wallet.balance),
        "held": format_micros(wallet.held),
        "available": format_micros(wallet.balance - wallet.held),
        "debt": format_micros(wallet.debt),
        "expiring": [
            {"amount": format_micros(amount), "expires_at": instant_text(expires_at)}
            for amount, expires_at in wallet.expiring
        ],
        "sequence": wallet.sequence,
        "time_zone": wallet.time_zone,
        "attributes": _json(wallet.attributes),
        "created_at": instant_text(wallet.created_at),
        "updated_at": instant_text(wallet.updated_at),
    }


def past_of(wallet: WalletReading, past: PastBalance) -> Members:
    """Return the members of a wallet with the amounts that it had at a past instant; what would end is not told."""
    return {
        **wallet_of(wallet),
        "at": instant_text(past.at),
        "balance": format_micros(past.balance),
        "held": format_micros(past.held),
        "available": format_micros(past.balance - past.held),
        "debt": format_micros(past.debt),
        "expiring": [],
        "sequence": past.sequence,
    }


def grant_of(grant: Grant | GrantRow, created_at: datetime) -> Members:
    """Return the members of a grant."""
    return {
        "id": str(grant.id),
        "amount": amount_text(grant.amount),
        "remaining": amount_text(grant.remaining),
        "held": amount_text(grant.held),
        "source": grant.source,
        "priority": grant.priority,
        "effective_at": instant_text(grant.effective_at),
        "expires_at": instant_text(grant.expires_at),
        "voided_at": instant_text(grant.voided_at),
        "cost_minor": grant.cost_minor,
        "currency": grant.currency,
        "description": grant.description,
        "metadata": _json(grant.metadata),
        "created_at": instant_text(created_at),
    }


def hold_of(hold: Hold | HoldRow, reference: str) -> Members:
    """Return the members of a hold on the wallet `reference`."""
    return {
        "id": str(hold.id),
        "reference": reference,
        "amount": amount_text(hold.amount),
        "captured": amount_text(hold.captured),
        "status": hold.status,
        "placed_at": instant_text(hold.placed_at),
        "expires_at": instant_text(hold.expires_at),
        "ended_at": instant_text(hold.ended_at),
        "basis": hold.basis,
        "description": hold.description,
        "metadata": _json(hold.metadata),
    }


def entry_of(entry: Entry) -> Members:
    """Return the members of an entry that the engine posted."""
    return {
        "id": entry.id,
        "reference": entry.reference,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "contra": entry.contra,
        "amount": format_micros(entry.amount),
        "held_change": format_micros(entry.held_change),
        "debt_change": format_micros(entry.debt_change),
        "balance_after": format_micros(entry.balance_after),
        "held_after": format_micros(entry.held_after),
        "debt_after": format_micros(entry.debt_after),
        "effective_at": instant_text(entry.effective_at),
        "created_at": instant_text(entry.created_at),
        "grant": entry.grant,
        "hold": entry.hold,
        "reverses": entry.reverses,
        "caused_by": entry.caused_by,
        "allocations": [{"grant": grant, "amount": format_micros(amount)} for grant, amount in entry.allocations],
        "shortfall": format_micros(entry.shortfall),
        "description": entry.description,
        "metadata": _json(entry.metadata),
        "request_id": entry.request_id,
        "hash": entry.hash,
    }


def row_of(entry: LedgerEntry) -> Members:
    """Return the members of a stored entry; its wallet and allocations are loaded."""
    return {
        "id": str(entry.id),
        "reference": entry.wallet.reference,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "contra": entry.contra,
        "amount": amount_text(entry.amount),
        "held_change": amount_text(entry.held_change),
        "debt_change": amount_text(entry.debt_change),
        "balance_after": amount_text(entry.balance_after),
        "held_after": amount_text(entry.held_after),
        "debt_after": amount_text(entry.debt_after),
        "effective_at": instant_text(entry.effective_at),
        "created_at": instant_text(entry.created_at),
        "grant": _id(entry.grant_id),
        "hold": _id(entry.hold_id),
        "reverses": _id(entry.reverses_id),
        "caused_by": _id(entry.caused_by_id),
        "allocations": [
            {"grant": str(part.grant_id), "amount": amount_text(part.amount)} for part in entry.allocations.all()
        ],
        "shortfall": amount_text(entry.shortfall),
        "description": entry.description,
        "metadata": entry.metadata,
        "request_id": entry.request_id,
        "hash": entry.hash,
    }


def _id(value: object) -> str | None:
    return None if value is None else str(value)


def _json(value: Any) -> Any:
    """Return the object that the engine's JSON text says; a row's is one already."""
    return json.loads(value) if isinstance(value, str) else value
