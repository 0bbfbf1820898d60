"""Codes, batches and their uses as plain JSON members."""

from core.api.shapes import Members, amount_text, writer_of
from credits.api.representations import grant_of

from ..models import PromoCode, Redemption
from . import shapes


def _listed(code: PromoCode) -> list[str]:
    return sorted(listed.reference for listed in code.listed.all())


def _amount(code: PromoCode) -> str | None:
    return None if code.amount is None else amount_text(code.amount)


def _grant(redemption: Redemption) -> Members | None:
    """Return the grant as it is now."""
    grant = redemption.grant
    return None if grant is None else grant_of(grant, grant.created_at)


# A code as who administers it sees it; its listed wallets are loaded for lists.
code_of = writer_of(shapes.PromoCode, batch="batch_id", amount=_amount, wallets=_listed)
# A use; code, wallet and grant are loaded.
redemption_of = writer_of(
    shapes.Redemption,
    code="code.code",
    reference="wallet.reference",
    bonus_percent="code.bonus_percent",
    amount=lambda redemption: _amount(redemption.code),
    grant=_grant,
)
batch_of = writer_of(shapes.CodeBatch)
stats_of = writer_of(shapes.Campaign)
# A referral code as its wallet sees it; `rewarded` referrals have bought.
referral_of = writer_of(shapes.ReferralCode, given=["rewarded"], referred="redeemed", max_referrals="max_redemptions")
