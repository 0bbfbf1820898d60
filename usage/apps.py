from django.apps import AppConfig

from core.triggers import AppendOnly


class UsageConfig(AppConfig):
    name = "usage"
    # A rate that priced something, and what it priced, stay as they were; what was wrong is corrected by another row.
    append_only = (AppendOnly("usage_rate"), AppendOnly("usage_usageevent"))

    def ready(self) -> None:
        """Register the system check."""
        from .metering import checks  # noqa: F401
