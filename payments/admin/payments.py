"""Payments with their timeline, and the refund."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.operated_admin import Operation, OperationForm
from accounts.services.audit import origin_of
from core import request_ids
from core.admin_columns import Table, amount, itself, linked
from core.problems import Problem
from credits.services import Origin

from ..models import Payment
from ..models.payments import PAID
from ..providers.protocol import ProviderError
from ..services.provider_calls import problem_of
from ..services.refreshing import refresh_payment
from ..services.refunds import refund_payment
from .pages import MoneyAdmin, money

ROWS = 50
EFFECTS = ("created_at", "effect", amount("credits"), amount("posted"), linked("grant"))
REFUNDS = ("created_at", "status", money("amount_minor"), "reason", "requested_by", "provider_refund_id")
DISPUTES = ("created_at", "status", money("amount_minor"), "provider_dispute_id")
EVENTS = ("received_at", itself("type"), "status", "attempts", "last_error")
CALLS = ("created_at", "call", "outcome", "milliseconds", "code", "error")


class RefundForm(OperationForm):
    amount_minor = forms.IntegerField(
        required=False, min_value=1, help_text="In the smallest unit of the currency; empty: all that is left."
    )


REFUND = Operation(
    name="refund",
    label="Refund",
    effect="Gives money back through the provider; the credits go back by the same share, what is spent becomes debt.",
    permission="payments.refund_payment",
    call=refund_payment,
    target="payment",
    form=RefundForm,
    suits=lambda payment: payment.status in PAID and payment.reversed_minor < payment.amount_minor,
)
ASK = Operation(
    name="ask-provider",
    label="Ask the provider",
    effect="Fetches how the payment stands at the provider, and brings credits and status to it.",
    permission="payments.refund_payment",
    call=refresh_payment,
    target="payment",
)


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    operations = (REFUND, ASK)
    list_display = (
        itself("title"),
        linked("wallet"),
        "status",
        money("amount_minor"),
        amount("credits"),
        "provider",
        "purpose",
        "created_at",
        "paid_at",
    )
    list_filter = ("status", "provider", "purpose", "is_live", ("alarm", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("wallet", "grant", "first")
    search_fields = ("id__exact", "wallet__reference__exact", "checkout_id__exact", "charge_id__exact")
    search_help_text = "An id, ours or the provider's, or a wallet's reference."
    fieldsets = (
        (None, {"fields": ("status", linked("wallet"), money("amount_minor"), amount("credits"), linked("grant"))}),
        ("Went back", {"fields": (money("reversed_minor"), amount("reversed_credits"))}),
        ("Alarm", {"fields": ("alarm", "is_settled", linked("first"))}),
        ("Order", {"fields": ("title", linked("pack"), "quantity", "purpose", "requested_by", "return_url")}),
        ("Provider", {"fields": ("provider", "is_live", "checkout_id", "charge_id", "keeps_method")}),
        ("Times", {"fields": ("created_at", "paid_at", "checked_at", "updated_at", "id")}),
    )

    def context_of(self, request: HttpRequest, row: Payment) -> dict[str, Any]:
        """Lead to what operators did to the payment."""
        return {**super().context_of(request, row), "audited": ("payment", row.pk)}

    def tables_of(self, row: Payment) -> list[Table]:
        """Show what happened, in the order of time: what the provider told, what we asked, what the ledger did."""
        effects = row.effects.select_related("grant").order_by("created_at", "pk")
        events = row.provider_events.order_by("received_at")
        calls = row.provider_calls.order_by("created_at")
        return [
            Table("In the ledger", EFFECTS, effects),
            Table("Refunds", REFUNDS, row.refunds.order_by("created_at")),
            Table("Disputes", DISPUTES, row.disputes.order_by("created_at")),
            Table("Told by the provider", EVENTS, events[:ROWS]),
            Table("Asked of the provider", CALLS, calls[:ROWS]),
        ]

    def perform(self, request: HttpRequest, operation: Operation, row: Payment, form: OperationForm) -> Problem | None:
        """Refund, or ask the provider; no transaction of ours is open while the provider is asked."""
        try:
            text = self._refund(request, row, form) if operation is REFUND else self._ask_provider(row)
        except Problem as refusal:
            return refusal
        except ProviderError as error:
            return problem_of(error)
        self.message_user(request, text, messages.SUCCESS)
        return None

    def _refund(self, request: HttpRequest, row: Payment, form: OperationForm) -> str:
        who = origin_of(request)
        origin = Origin("operator", who.actor, f"{form.cleaned_data['nonce']}:{row.pk}", request_ids.current())
        reason = form.cleaned_data["reason"]
        done = refund_payment(payment=row.pk, reason=reason, origin=origin, audit=who, **form.terms())
        return f"{row.title}: the refund is {done.refund.status}."

    def _ask_provider(self, row: Payment) -> str:
        return f"{row.title}: the payment is {refresh_payment(payment=row).status}."
