"""What a wallet's owner wants to be told."""

from decimal import Decimal
from typing import Any

from core import clock
from core.exceptions import ValidationFailed
from credits.exceptions import WalletNotFound
from credits.models import Wallet

from ..channels import channel_names
from ..kinds import KINDS, matches
from ..models import Preference
from ..selectors import INBOX, expiring_days_of, low_balance_of, names_wanted
from ..unsubscribing import Subscription


def read_preferences(*, reference: str) -> dict[str, Any]:
    """Return what holds for a wallet, chosen or by default; raises WalletNotFound."""
    _require_wallet(reference)
    stored = Preference.objects.filter(reference=reference).first()
    amount, percent = low_balance_of(stored)
    return {
        "reference": reference,
        "low_balance_amount": amount,
        "low_balance_percent": percent,
        "expiring_days": expiring_days_of(stored),
        "channels": {name: names_wanted(stored, name) for name in (INBOX, *channel_names())},
    }


def replace_preferences(
    *,
    reference: str,
    low_balance_amount: Decimal | None = None,
    low_balance_percent: int | None = None,
    expiring_days: list[int] | None = None,
    channels: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """Replace all preferences of a wallet; what is not named is as the installation has it.

    Raises ValidationFailed for a channel that is not there, and WalletNotFound.
    """
    _require_wallet(reference)
    known = (INBOX, *channel_names())
    unknown = [name for name in channels or {} if name not in known]
    if unknown:
        raise ValidationFailed([(f"channels.{name}", f"Name one of {', '.join(known)}.") for name in unknown])
    Preference.objects.update_or_create(
        reference=reference,
        defaults={
            "low_balance_amount": low_balance_amount,  # type: ignore[misc]  # NULL is None
            "low_balance_percent": low_balance_percent,
            "expiring_days": expiring_days,
            "channels": channels,
            "updated_at": clock.now(),
        },
    )
    return read_preferences(reference=reference)


def unsubscribe(*, subscription: Subscription) -> None:
    """Leave one name out of what goes by a channel about a wallet; asking again changes nothing."""
    stored, _ = Preference.objects.get_or_create(reference=subscription.reference)
    wanted = names_wanted(stored, subscription.channel)
    kept = [name for name in wanted if not name.endswith("*")]
    # A pattern is written out, so that one name can be taken from it.
    kept += [name for name in KINDS if matches(name, [one for one in wanted if one.endswith("*")]) and name not in kept]
    left = [name for name in kept if name != subscription.name]
    stored.channels = {**(stored.channels or {}), subscription.channel: left}
    stored.updated_at = clock.now()
    stored.save(update_fields=["channels", "updated_at"])


def _require_wallet(reference: str) -> None:
    if not Wallet.objects.filter(reference=reference).exists():
        raise WalletNotFound
