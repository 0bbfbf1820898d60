"""Uses of codes, to look at."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from core.admin_columns import linked
from core.big_table_admin import BigTableAdmin

from ..models import GroupUse, ListedWallet, Redemption, RefusalCount


@admin.register(Redemption)
class RedemptionAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("created_at", linked("code"), linked("wallet"), "status", linked("grant"), "payment", "actor")
    fields = (
        *(linked("code"), linked("wallet"), "ordinal", "status", linked("grant"), linked("referrer_grant")),
        *("payment", "actor", "request_id", "created_at", "granted_at", "take_back_from"),
    )
    list_filter = (("granted_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("code", "wallet", "grant")
    search_fields = ("code__normalized__iexact", "code__campaign__exact", "wallet__reference__exact")
    search_help_text = "A code, a campaign, or a wallet's reference."
    ordering = ("-id",)


@admin.register(GroupUse)
class GroupUseAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = (linked("wallet"), "group", linked("code"))
    list_select_related = ("wallet", "code")
    search_fields = ("wallet__reference__exact", "group__exact")


@admin.register(ListedWallet)
class ListedWalletAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = (linked("code"), "reference")
    list_select_related = ("code",)
    search_fields = ("reference__exact",)


@admin.register(RefusalCount)
class RefusalCountAdmin(ReadOnlyAdmin):
    list_display = ("date", "reason", "count")
    list_filter = ("reason", "date")
    ordering = ("-date", "reason")
