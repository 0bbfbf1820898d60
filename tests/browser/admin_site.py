"""The admin in a browser: log in, and note what the page policy refuses."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from accounts.models import User
from credits import services
from credits.models import WalletFact

PASSWORD = "tide-lantern-42"
PROBE = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def load_ledger() -> None:
    """Make an operator and a wallet that shows every kind of table, with texts that try to be markup."""
    User.objects.create_superuser("root@example.com", PASSWORD, name="Olive Operator")
    services.issue_grant(reference="w1", amount=Decimal(1000), source="purchase", description="Credit pack")
    services.issue_grant(reference="w1", amount=Decimal(50), source="promotion", priority=10, description=PROBE)
    services.consume(reference="w1", amount=Decimal("12.345678"), description="request", metadata={"note": PROBE})
    services.place_hold(reference="w1", amount=Decimal("40.5"), description="render")
    wallet = services.update_wallet(reference="w1", attributes={"note": PROBE})
    WalletFact.objects.create(wallet=wallet, name="plan", value="pro")


def log_in(context: BrowserContext, server: str) -> Page:
    """Log in through the form and return the page."""
    page = context.new_page()
    page.add_init_script(
        "window.refused = [];"
        "document.addEventListener('securitypolicyviolation',"
        " event => window.refused.push(event.violatedDirective + ' ' + event.blockedURI));"
    )
    page.goto(f"{server}/admin/")
    page.fill("#id_username", "root@example.com")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    page.wait_for_selector("#user-tools")
    return page


def pages_of_models() -> Iterator[str]:
    """Yield the address of every list, of every form to add, and of one object of each model."""
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if may_be_added(page):
            yield reverse(f"{name}_add")
        row: Any = model._default_manager.order_by("pk").first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])
            for operation in getattr(page, "operations", ()):
                yield f"{reverse(f'{name}_operate', args=[operation.name])}?id={row.pk}"


def may_be_added(page: Any) -> bool:
    """Tell whether a superuser may add an object by hand."""

    class Request:
        user = User(is_active=True, is_superuser=True)

    return bool(page.has_add_permission(Request()))
