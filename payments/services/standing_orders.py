"""What customers agree to be charged by itself."""

from decimal import Decimal

from django.conf import settings
from django.db import transaction

from core import clock
from credits.exceptions import WalletNotFound
from credits.models import Wallet
from credits.services import Origin

from ..exceptions import ConsentMissing
from ..models import AutoTopUp, Payment
from ..news import tell_of_wallet
from ..selectors.top_ups import UNPAID_ENDS
from .pricing import offer_of_pack


def state_auto_top_up(
    *,
    reference: str,
    enabled: bool,
    threshold: Decimal,
    pack: str,
    currency: str = "",
    monthly_cap_minor: int,
    consent: str = "",
    origin: Origin,
) -> AutoTopUp:
    """Store a customer's standing order with the text that he agreed to; a new one begins without declines.

    Switching it off keeps the text that was agreed to. Raises ConsentMissing, PackNotFound, WalletNotFound.
    """
    if enabled and not consent.strip():
        raise ConsentMissing
    offer, wallet = offer_of_pack(pack, currency), Wallet.objects.filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    at = clock.now()
    given = {"consent_text": consent, "consent_by": origin.actor, "consent_at": at}
    fresh = {"declines": 0, "stopped_at": None, "next_try_at": None}
    terms = {
        "is_enabled": enabled,
        "threshold": threshold,
        "pack": offer.pack,
        "currency": offer.currency,
        "monthly_cap_minor": monthly_cap_minor,
        "updated_at": at,
        **({**given, **fresh} if enabled else {}),
    }
    never_agreed = {**given, "consent_text": consent.strip() or "None: it was never switched on"}
    with transaction.atomic():
        top_up, _ = AutoTopUp.objects.update_or_create(
            wallet=wallet, defaults=terms, create_defaults={**never_agreed, **terms}
        )
        tell_of_wallet("auto_top_up.enabled" if enabled else "auto_top_up.disabled", reference, by=origin.actor)
    return top_up


@transaction.atomic
def count_declines(*, wallet: Wallet) -> None:
    """Note how many top-ups in a row were declined since the consent; after too many the order stops, and tells."""
    top_up = AutoTopUp.objects.select_for_update().filter(wallet=wallet).first()
    if top_up is None or top_up.stopped_at is not None:
        return
    made = Payment.objects.filter(wallet=wallet, purpose="top_up", created_at__gte=top_up.consent_at)
    statuses = list(made.order_by("-created_at").values_list("status", flat=True)[: settings.TOP_UP_MOST_DECLINES])
    others = [place for place, status in enumerate(statuses) if status not in UNPAID_ENDS]
    top_up.declines = others[0] if others else len(statuses)
    if top_up.declines >= settings.TOP_UP_MOST_DECLINES:
        top_up.stopped_at = clock.now()
        tell_of_wallet("auto_top_up.stopped", wallet.reference, declines=top_up.declines)
    top_up.save(update_fields=["declines", "stopped_at"])
