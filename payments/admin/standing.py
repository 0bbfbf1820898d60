"""What customers agreed to be charged by itself."""

from django.contrib import admin

from core.admin_columns import amount, itself, linked

from ..models import AutoTopUp, RecurringCharge
from .pages import MoneyAdmin, money


@admin.register(AutoTopUp)
class AutoTopUpAdmin(MoneyAdmin):
    list_display = (
        itself("currency"),
        linked("wallet"),
        "is_enabled",
        amount("threshold"),
        linked("pack"),
        money("monthly_cap_minor"),
        "declines",
        "stopped_at",
    )
    list_filter = ("is_enabled", ("stopped_at", admin.EmptyFieldListFilter))
    list_select_related = ("wallet", "pack")
    search_fields = ("wallet__reference__exact",)


@admin.register(RecurringCharge)
class RecurringChargeAdmin(MoneyAdmin):
    list_display = (itself("title"), linked("wallet"), "provider", money("amount_minor"), "created_at", "ended_at")
    list_filter = ("provider", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("wallet",)
    search_fields = ("wallet__reference__exact", "subscription_id__exact", "id__exact")
