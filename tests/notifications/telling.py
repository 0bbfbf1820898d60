"""What tests of notifications share: customers, and the relay."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from core.relay import relay_events
from credits import services
from credits.services.signup import open_user_wallet
from notifications.models import Notice


def customer(email: str = "ada@example.com", **fields: Any) -> str:
    """Open a user's wallet; return its reference."""
    user = User.objects.create_user(email, "tide-lantern-42", **fields)
    open_user_wallet(user=user)
    return f"user:{user.pk}"


def grant(reference: str, amount: int, source: str = "purchase", **terms: Any) -> str:
    posted = services.issue_grant(reference=reference, amount=Decimal(amount), source=source, **terms)
    return str(posted.entry.grant)


def consume(reference: str, amount: int) -> str:
    return services.consume(reference=reference, amount=Decimal(amount)).entry.id


def relay() -> None:
    """Hand out all events, also those that handlers publish."""
    while relay_events():
        pass


def told(reference: str) -> list[str]:
    """Return the names of what stands in a wallet's inbox, oldest first."""
    relay()
    return list(
        Notice.objects.filter(reference=reference, is_listed=True).order_by("id").values_list("name", flat=True)
    )
