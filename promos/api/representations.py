"""Codes, batches and their uses as plain JSON members."""

from typing import Any

from core.admin_columns import credits_text
from credits.api.representations import grant_of, instant_text

from ..models import CodeBatch, PromoCode, Redemption
from ..selectors.campaigns import CampaignStats

Members = dict[str, Any]


def code_of(code: PromoCode) -> Members:
    """Return the members of a code as who administers it sees them; its listed wallets are loaded for lists."""
    return {
        "code": code.code,
        "description": code.description,
        "amount": None if code.amount is None else credits_text(code.amount),
        "bonus_percent": code.bonus_percent,
        "expires_in_days": code.expires_in_days,
        "starts_at": instant_text(code.starts_at),
        "ends_at": instant_text(code.ends_at),
        "max_redemptions": code.max_redemptions,
        "max_redemptions_per_wallet": code.max_redemptions_per_wallet,
        "redeemed": code.redeemed,
        "audience": code.audience,
        "max_wallet_age_days": code.max_wallet_age_days,
        "plan": code.plan,
        "wallets": sorted(listed.reference for listed in code.listed.all()),
        "minimum_purchase_minor": code.minimum_purchase_minor,
        "minimum_purchase_currency": code.minimum_purchase_currency,
        "group": code.group,
        "is_stackable": code.is_stackable,
        "is_active": code.is_active,
        "campaign": code.campaign,
        "batch": None if code.batch_id is None else str(code.batch_id),
        "created_at": instant_text(code.created_at),
    }


def redemption_of(redemption: Redemption) -> Members:
    """Return the members of a use of a code, with the grant as it is now; code, wallet and grant are loaded."""
    code, grant = redemption.code, redemption.grant
    return {
        "id": str(redemption.pk),
        "code": code.code,
        "reference": redemption.wallet.reference,
        "status": redemption.status,
        "amount": None if code.amount is None else credits_text(code.amount),
        "bonus_percent": code.bonus_percent,
        "payment": redemption.payment,
        "created_at": instant_text(redemption.created_at),
        "granted_at": instant_text(redemption.granted_at),
        "grant": None if grant is None else grant_of(grant, grant.created_at),
    }


def batch_of(batch: CodeBatch) -> Members:
    """Return the members of a batch."""
    return {
        "id": str(batch.pk),
        "campaign": batch.campaign,
        "prefix": batch.prefix,
        "count": batch.count,
        "created_by": batch.created_by,
        "created_at": instant_text(batch.created_at),
        "revoked_at": instant_text(batch.revoked_at),
    }


def stats_of(stats: CampaignStats) -> Members:
    """Return the members of a campaign's statistics."""
    return {
        "campaign": stats.campaign,
        "codes": stats.codes,
        "active": stats.active,
        "redeemed": stats.redeemed,
        "waiting": stats.waiting,
        **{name: credits_text(getattr(stats, name)) for name in ("given", "consumed", "expired", "remaining")},
        "taken_back": credits_text(stats.taken_back),
    }


def referral_of(code: PromoCode, rewarded: int) -> Members:
    """Return the members of a referral code as its wallet sees them; `rewarded` referrals have bought."""
    return {
        "code": code.code,
        "amount": credits_text(code.amount),
        "referrer_amount": credits_text(code.referrer_amount),
        "expires_in_days": code.expires_in_days,
        "referred": code.redeemed,
        "rewarded": rewarded,
        "max_referrals": code.max_redemptions,
    }
