"""What is sold, and at what price."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.audited_admin import AuditedAdmin
from core.admin_columns import amount

from ..models import CreditPack, PackPrice


class PriceInline(admin.TabularInline):  # type: ignore[type-arg]  # takes no parameter at run time
    model = PackPrice
    extra = 0


@admin.register(CreditPack)
class CreditPackAdmin(AuditedAdmin):
    list_display = ("name", "code", amount("credits"), "prices_text", "is_active", "position")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    inlines = (PriceInline,)
    fieldsets = (
        (None, {"fields": ("name", "code", "credits", "expires_in_days")}),
        ("Sale", {"fields": ("is_active", "position", "bonus_tiers")}),
    )

    @admin.display(description="prices")
    def prices_text(self, pack: CreditPack) -> str:
        """Show the price in every currency."""
        return ", ".join(str(price) for price in pack.prices.all())

    def get_queryset(self, request: HttpRequest) -> Any:
        """Load the prices with the packs."""
        return super().get_queryset(request).prefetch_related("prices")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the code once it is known outside."""
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: payments refer to their pack; it is taken off sale instead."""
        return False
