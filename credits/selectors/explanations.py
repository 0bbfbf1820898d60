"""Why: what a balance, an entry or a refusal is made of. Amounts in the answers are canonical texts."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.utils.module_loading import import_string

from core import clock
from core.amounts import MICROS, format_micros, to_micros
from core.models import Event

from ..exceptions import EntryNotFound, RefusalNotFound
from ..models import Grant, GrantAllocation, Hold, LedgerEntry
from ..store.news import stream_of
from .breakdowns import Breakdown, break_down
from .wallets import balance_at, read_wallet

Members = dict[str, Any]
MOST_CAUSES = 10


def explain_balance(reference: str, at: datetime | None = None) -> Members:
    """Re-add a balance, at present or at a past instant: by grant and by kind, with holds, debt and next expiries."""
    if at is None:
        sequence, at = read_wallet(reference).sequence, clock.now()
    else:
        sequence = balance_at(reference, at).sequence
    parts = break_down(reference, sequence)
    return {
        "reference": reference,
        "at": at,
        "sequence": sequence,
        **_sums_of(parts),
        "kinds": [{"kind": kind, "amount": format_micros(part)} for kind, part in sorted(parts.by_kind.items())],
    }


def explain_entry(entry_id: str, within: str | None = None) -> Members:
    """Tell what an entry moved in which grants, why it was posted, what followed from it, and for what it charges.

    Entries of other wallets than `within` are left out, if it is given. Raises EntryNotFound.
    """
    entry = LedgerEntry.objects.filter(pk=UUID(entry_id)).select_related("wallet", "hold").first()
    if entry is None:
        raise EntryNotFound
    linked = LedgerEntry.objects.select_related("wallet").order_by("id")
    if within is not None:
        linked = linked.filter(wallet__reference=within)
    reversals = linked.filter(reverses=entry)
    return {
        "entry": _line(entry),
        "terms": entry.terms,
        "allocations": _explain_allocations(entry),
        "hold": None if entry.hold is None else _hold(entry.hold, None),
        "reverses": [_line(other) for other in linked.filter(reversals=entry)],
        "causes": [_line(cause) for cause in _causes(entry, linked)],
        "followed_by": [_line(other) for other in linked.filter(caused_by=entry)],
        "reversals": [_line(other) for other in reversals],
        "reversed": format_micros(sum(to_micros(other.amount) for other in reversals)),
        "charges": [charge for explain in settings.ENTRY_EXPLAINERS for charge in import_string(explain)(entry.pk)],
    }


def explain_refusal(reference: str, refusal: str) -> Members:
    """Tell what a refused operation asked for, what the wallet had at that moment, and what would make it pass.

    Refusals are kept as long as delivered events are. Raises RefusalNotFound.
    """
    told = Event.objects.filter(stream=stream_of(reference), name="operation.refused", payload__contains=refusal)
    payload = next((event.payload for event in told if event.payload["refusal"] == refusal), None)
    if payload is None:
        raise RefusalNotFound
    parts = break_down(reference, payload["sequence"])
    return {**payload, **_sums_of(parts), "would_pass": _would_pass(payload, parts)}


def _sums_of(parts: Breakdown) -> Members:
    grants = Grant.objects.filter(pk__in=list(parts.by_grant)).in_order_of_use()
    holds = Hold.objects.filter(pk__in=list(parts.by_hold)).order_by("id")
    ending = sorted((grant.expires_at, grant.pk) for grant in grants if grant.expires_at is not None)
    return {
        "balance": format_micros(parts.balance),
        "held": format_micros(parts.held),
        "available": format_micros(parts.balance - parts.held),
        "debt": format_micros(parts.debt),
        "grants": [{**_terms(grant), "remaining": format_micros(parts.by_grant[grant.pk])} for grant in grants],
        "holds": [_hold(hold, parts.by_hold[hold.pk]) for hold in holds],
        "expiries": [
            {"grant": grant, "amount": format_micros(parts.by_grant[grant]), "expires_at": expires_at}
            for expires_at, grant in ending
        ],
    }


def _explain_allocations(entry: LedgerEntry) -> list[Members]:
    """Return each grant that the entry moved, with its terms and what it had before and after."""
    moved = {part.grant_id: to_micros(part.amount) for part in entry.allocations.all()}
    earlier = GrantAllocation.objects.filter(grant__in=list(moved), entry__sequence__lt=entry.sequence)
    sums = earlier.order_by().values_list("grant_id").annotate(total=Sum("amount"))
    before = {grant: int(total * MICROS) for grant, total in sums}
    grants = Grant.objects.filter(pk__in=list(moved)).in_order_of_use()
    return [
        {
            **_terms(grant),
            "moved": format_micros(moved[grant.pk]),
            "remaining_before": format_micros(before.get(grant.pk, 0)),
            "remaining_after": format_micros(before.get(grant.pk, 0) + moved[grant.pk]),
        }
        for grant in grants
    ]


def _causes(entry: LedgerEntry, linked: Any) -> list[LedgerEntry]:
    """Return the entry that caused this one, the one that caused that, and so on."""
    chain: list[LedgerEntry] = []
    cause = entry.caused_by_id
    while cause is not None and len(chain) < MOST_CAUSES:
        found = linked.filter(pk=cause).first()
        if found is None:
            break
        chain.append(found)
        cause = found.caused_by_id
    return chain


def _would_pass(payload: Members, parts: Breakdown) -> list[str]:
    """Return what would have let the operation pass, each a sentence; without a shortage the detail says it."""
    members = payload["members"]
    if "required" not in members or "available" not in members:
        return [payload["detail"]]
    required, available = (to_micros(Decimal(members[name])) for name in ("required", "available"))
    missing = required - available
    ways = [f"Add at least {format_micros(missing)} credits.", f"Ask for at most {format_micros(available)}."]
    if parts.held >= missing:
        ways.append(f"Release or capture holds: they cover {format_micros(parts.held)}.")
    return ways


def _line(entry: LedgerEntry) -> Members:
    return {
        "id": entry.pk,
        "reference": entry.wallet.reference,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "contra": entry.contra,
        "amount": format_micros(to_micros(entry.amount)),
        "held_change": format_micros(to_micros(entry.held_change)),
        "debt_change": format_micros(to_micros(entry.debt_change)),
        "balance_after": format_micros(to_micros(entry.balance_after)),
        "shortfall": format_micros(to_micros(entry.shortfall)),
        "effective_at": entry.effective_at,
        "grant": entry.grant_id,
        "hold": entry.hold_id,
        "actor": entry.actor,
        "description": entry.description,
        "metadata": entry.metadata,
    }


def _terms(grant: Grant) -> Members:
    return {
        "grant": grant.pk,
        "source": grant.source,
        "priority": grant.priority,
        "amount": format_micros(to_micros(grant.amount)),
        "effective_at": grant.effective_at,
        "expires_at": grant.expires_at,
        "voided_at": grant.voided_at,
        "parent": grant.parent_id,
    }


def _hold(hold: Hold, held: int | None) -> Members:
    members: Members = {
        "hold": hold.pk,
        "amount": format_micros(to_micros(hold.amount)),
        "placed_by": hold.placed_by,
        "placed_at": hold.placed_at,
        "expires_at": hold.expires_at,
        "basis": hold.basis,
    }
    return members if held is None else {**members, "held": format_micros(held)}
