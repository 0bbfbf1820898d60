"""A registered person's wallet."""

from decimal import Decimal

from django.conf import settings

from accounts.models import User

from .grants import issue_grant
from .posting import Origin
from .wallets import open_wallet


def open_user_wallet(user: User) -> None:
    """Open the wallet `user:<uuid>` with the sign-up grant of the setting SIGNUP_GRANT (credits, 0 for none)."""
    reference = f"user:{user.pk}"
    open_wallet(reference=reference, owner=user)
    amount = Decimal(settings.SIGNUP_GRANT)
    if amount > 0:
        issue_grant(reference=reference, amount=amount, source="signup", origin=Origin(key="signup"))
