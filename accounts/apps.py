from typing import ClassVar

from django.apps import AppConfig

from core.triggers import AppendOnly


class AccountsConfig(AppConfig):
    name = "accounts"
    append_only = (AppendOnly("accounts_operatoraction"),)
    attribute_subjects: ClassVar[dict[str, str]] = {"user": "accounts.User"}
