"""How an installation reaches one provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_CALL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """Keys and addresses from the environment; secrets never show in a repr, so no log and no error page has them.

    Several webhook secrets are valid at once, for rotation. An empty `base_url` is the provider's real one.
    """

    name: str
    key: str = ""
    secret: str = field(default="", repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = ""
    timeout_seconds: float = LONGEST_CALL_SECONDS

    @classmethod
    def of(cls, name: str, values: Mapping[str, Any]) -> "ProviderConfig":
        """Build the configuration from a setting; empty webhook secrets are dropped, so that none of them verifies."""
        secrets = tuple(secret for secret in values.get("webhook_secrets", ()) if secret)
        return cls(name, **{**values, "webhook_secrets": secrets})
