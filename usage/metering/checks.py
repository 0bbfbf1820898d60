"""A METERING that cannot work is found before anything runs, member by member."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .config import wrong_members


@register()
def metering_is_readable(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Report each member of METERING that cannot be used."""
    hint = "docs/metering.md describes the members of METERING."
    return [Error(sentence, hint=hint, id="usage.E001") for sentence in wrong_members(settings.METERING)]
