"""Referral codes: one for each wallet, worth something for both sides once the referred wallet has bought."""

from decimal import Decimal

from django.conf import settings
from django.db import transaction

from credits.exceptions import WalletNotFound
from credits.models import Wallet

from ..code_text import generate
from ..exceptions import ReferralsOff
from ..models import PromoCode
from ..models.codes import Audience
from .codes import new_code

CAMPAIGN = "referrals"
PREFIX = "REF"


@transaction.atomic
def open_referral_code(*, reference: str, actor: str) -> tuple[PromoCode, bool]:
    """Return a wallet's referral code, made with the terms of the settings, and whether it is new.

    All referral codes exclude each other, so a wallet is referred once. Raises WalletNotFound, ReferralsOff.
    """
    # Two that ask at once wait for each other here, and get one code.
    wallet = Wallet.objects.select_for_update().filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    known = PromoCode.objects.filter(referrer=wallet).first()
    if known is not None:
        return known, False
    amounts = Decimal(settings.REFERRAL_GRANT), Decimal(settings.REFERRER_GRANT)
    if not all(amount > 0 for amount in amounts):
        raise ReferralsOff
    made = new_code(
        generate(PREFIX),
        actor,
        amount=amounts[0],
        referrer=wallet,
        referrer_amount=amounts[1],
        expires_in_days=settings.REFERRAL_EXPIRES_IN_DAYS or None,
        max_redemptions=settings.REFERRALS_PER_WALLET,
        audience=Audience.WITHOUT_PURCHASE,
        group=CAMPAIGN,
        is_stackable=False,
        campaign=CAMPAIGN,
    )
    made.full_clean(validate_unique=False)
    made.save(force_insert=True)
    return made, True
