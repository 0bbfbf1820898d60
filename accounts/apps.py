from django.apps import AppConfig

from core.triggers import AppendOnly


class AccountsConfig(AppConfig):
    name = "accounts"
    append_only = (AppendOnly("accounts_operatoraction"),)
