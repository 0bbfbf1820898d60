from typing import ClassVar

from django.apps import AppConfig

from core.triggers import AppendOnly


class CreditsConfig(AppConfig):
    name = "credits"
    append_only = (
        AppendOnly("credits_ledgerentry", clearable=("description", "metadata", "text_salt")),
        AppendOnly("credits_grantallocation"),
    )
    attribute_subjects: ClassVar[dict[str, str]] = {"wallet": "credits.Wallet"}
