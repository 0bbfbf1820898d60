"""Objects of usage as plain JSON members."""

from decimal import Decimal
from typing import Any

from core.amounts import format_micros, to_micros
from credits.api.representations import amount_text, entry_of, instant_text, row_of, wallet_of
from credits.models import LedgerEntry
from credits.readings import reading_of
from credits.selectors.wallets import read_wallet

from ..models import Budget, Rate, UsageEvent
from ..selectors.budgets import Standing
from ..services import Recorded

Members = dict[str, Any]


def rate_of(rate: Rate) -> Members:
    """Return the members of a version of a rate."""
    return {
        "id": str(rate.pk),
        "version": rate.version,
        "provider": rate.provider,
        "model": rate.model,
        "operation": rate.operation,
        "prices": rate.prices,
        "tiers": rate.tiers,
        "markup_percent": format_micros(to_micros(Decimal(rate.markup_percent))),
        "credits_per_currency_unit": format_micros(to_micros(Decimal(rate.credits_per_currency_unit))),
        "currency": rate.currency,
        "effective_from": instant_text(rate.effective_from),
        "effective_to": instant_text(rate.effective_to),
        "source": rate.source,
        "created_at": instant_text(rate.created_at),
    }


def event_of(event: UsageEvent, reference: str) -> Members:
    """Return the members of what was used, without its entry."""
    return {
        "id": str(event.pk),
        "reference": reference,
        "provider": event.provider,
        "model": event.model,
        "operation": event.operation,
        "quantities": event.quantities,
        "amount": amount_text(event.amount),
        "rate": None if event.rate_id is None else str(event.rate_id),
        "occurred_at": instant_text(event.occurred_at),
        "late": event.late,
        "created_at": instant_text(event.created_at),
    }


def recorded_of(recorded: Recorded, reference: str) -> Members:
    """Return the members of a recorded event with its entry, which is null for what cost nothing."""
    event = recorded.events[0]
    if recorded.posted is not None:
        entry: Members | None = entry_of(recorded.posted.entry)
    elif event.entry_id is not None:
        posted = LedgerEntry.objects.select_related("wallet").prefetch_related("allocations")
        entry = row_of(posted.get(pk=event.entry_id))
    else:
        entry = None
    return {**event_of(event, reference), "entry": entry}


def wallet_after(recorded: Recorded, reference: str) -> Members:
    """Return the wallet as it is after a recording."""
    return wallet_of(reading_of(recorded.posted.wallet) if recorded.posted else read_wallet(reference))


def budget_of(budget: Budget, standing: Standing) -> Members:
    """Return the members of a budget with how far it is in its present window."""
    return {
        "id": str(budget.pk),
        "reference": budget.wallet.reference if budget.wallet is not None else None,
        "api_key": None if budget.api_key_id is None else str(budget.api_key_id),
        "operation": budget.operation,
        "window": budget.window,
        "window_seconds": budget.window_seconds,
        "limit": amount_text(Decimal(budget.limit)),
        "hard": budget.hard,
        "consumed": amount_text(standing.consumed),
        "held": amount_text(standing.held),
        "resets_at": instant_text(standing.changes_at),
        "created_at": instant_text(budget.created_at),
        "updated_at": instant_text(budget.updated_at),
    }
