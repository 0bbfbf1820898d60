"""The operations that the admin offers: on what, for whom, with which form."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.operated_admin import Operation, OperationForm
from accounts.services.audit import origin_of, record_action
from core import request_ids
from core.amounts import format_micros
from core.problems import Problem

from .. import services
from ..engine import state as engine
from ..models import Wallet
from ..services import Posted
from .forms import AdjustForm, IssueForm, PartForm, ReverseForm, TransferForm

GRANT, ADMINISTER = "credits.grant_credits", "credits.administer_ledger"

WALLET_OPERATIONS = (
    Operation(
        name="issue",
        label="Issue credits",
        effect="Adds a grant, now or from an instant on.",
        permission=GRANT,
        call=services.issue_grant,
        target="reference",
        form=IssueForm,
        text="description",
    ),
    Operation(
        name="adjust",
        label="Adjust balance",
        effect="Adds credits that never expire, or takes free ones in their order of use.",
        permission=ADMINISTER,
        call=services.adjust,
        target="reference",
        form=AdjustForm,
    ),
    Operation(
        name="transfer",
        label="Transfer",
        effect="Moves free credits to another wallet; they keep source, priority and expiry.",
        permission=ADMINISTER,
        call=services.transfer,
        form=TransferForm,
        target="source",
        text="description",
    ),
    Operation(
        name="freeze",
        label="Freeze",
        effect="Refuses all that spends, until the wallet is unfrozen.",
        permission=ADMINISTER,
        call=services.freeze,
        target="reference",
        suits=lambda wallet: wallet.status == wallet.ACTIVE,
    ),
    Operation(
        name="unfreeze",
        label="Unfreeze",
        effect="Lets a frozen wallet spend again.",
        permission=ADMINISTER,
        call=services.unfreeze,
        target="reference",
        suits=lambda wallet: wallet.status == wallet.FROZEN,
    ),
    Operation(
        name="forgive-debt",
        label="Forgive debt",
        effect="Writes off what the wallet owes, all of it or a part.",
        permission=ADMINISTER,
        call=services.forgive_debt,
        target="reference",
        form=PartForm,
        suits=lambda wallet: wallet.debt > 0,
    ),
    Operation(
        name="reset",
        label="Reset",
        effect="Takes all free credits and cancels scheduled grants; holds and debt stay.",
        permission=ADMINISTER,
        call=services.reset,
        target="reference",
    ),
)
GRANT_OPERATIONS = (
    Operation(
        name="void",
        label="Void",
        effect="Takes back what the grant has left, or cancels it before it begins.",
        permission=GRANT,
        call=services.void_grant,
        target="grant",
        suits=lambda grant: grant.is_open,
    ),
)
ENTRY_OPERATIONS = (
    Operation(
        name="reverse",
        label="Reverse",
        effect="Gives a consumption back into the grants it came from, all that is left of it or a part.",
        permission=GRANT,
        call=services.reverse_entry,
        form=ReverseForm,
        target="entry",
        suits=lambda entry: entry.kind == "consumed",
    ),
)


def run_operation(request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Problem | None:
    """Run an operation on an object and tell how it went; return what refuses it."""
    with transaction.atomic():
        outcome = _post(request, operation, row, form)
    if isinstance(outcome, Problem):
        return outcome
    url = reverse("admin:credits_ledgerentry_change", args=[outcome.entry.id])
    entry = format_html('<a href="{}">entry {}</a>', url, outcome.entry.sequence)
    if outcome.replayed:
        text = format_html("This form was sent before and posted {}; nothing was posted again.", entry)
        messages.warning(request, text)
    else:
        sums = ", ".join(f"{name} {value}" for name, value in _sums(outcome.wallet).items())
        text = format_html("{} on {}: posted {}. Now {}.", operation.label, outcome.wallet.reference, entry, sums)
        messages.success(request, text)
    return None


def _post(request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Posted | Problem:
    """Post and write to the audit log, in the transaction of the caller.

    A refusal is returned, not raised, so that what settling posted before it is committed.
    """
    target = row.reference if isinstance(row, Wallet) else str(row.pk)
    who, reason = origin_of(request), form.cleaned_data["reason"]
    origin = services.Origin("operator", who.actor, f"{form.cleaned_data['nonce']}:{row.pk}", request_ids.current())
    try:
        posted: Posted = operation.call(
            **{operation.target: target, operation.text: reason}, **form.terms(), origin=origin
        )
    except Problem as refusal:
        return refusal
    if not posted.replayed:
        noun = {"Wallet": "wallet", "Grant": "grant"}.get(type(row).__name__, "entry")
        action = f"{noun}.{operation.name.replace('-', '_')}"
        before, after = _change(posted)
        record_action(
            origin=who, action=action, target_type=noun, target_id=target, reason=reason, before=before, after=after
        )
    return posted


def _change(posted: Posted) -> tuple[dict[str, str], dict[str, str]]:
    """Return the wallet's sums just before the entry, and the entry with the wallet's sums after all."""
    entry, wallet = posted.entry, posted.wallet
    before = {
        "balance": format_micros(entry.balance_after - entry.amount),
        "held": format_micros(entry.held_after - entry.held_change),
        "debt": format_micros(entry.debt_after - entry.debt_change),
    }
    named = {"entry": entry.id, "kind": entry.kind, "wallet": wallet.reference, "status": wallet.status}
    return before, {**named, **_sums(wallet)}


def _sums(wallet: engine.Wallet) -> dict[str, str]:
    return {name: format_micros(getattr(wallet, name)) for name in ("balance", "held", "debt")}
