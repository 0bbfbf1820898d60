"""The operators' site: its name, and the order in which it lists what there is."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest

FIRST = ("credits", "Wallet", "LedgerEntry", "Grant", "Hold")
LAST = ("accounts", "auth", "axes", "core", "django_celery_beat")


class OperatorSite(admin.AdminSite):
    site_header = "Scrip"
    site_title = "Scrip"
    index_title = "Operations"
    site_url = None

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List the ledger first and the machinery last."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"]))
        return sorted(apps, key=lambda app: _place(app["app_label"]))


class OperatorAdminConfig(AdminConfig):
    default_site = "config.admin_site.OperatorSite"


def _place(name: str) -> tuple[int, int]:
    if name in FIRST:
        return 0, FIRST.index(name)
    return (2, LAST.index(name)) if name in LAST else (1, 0)
