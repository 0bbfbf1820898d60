"""An example for each request and answer, by the name of its shape."""

from typing import Any

from credits.api.examples import AT, ENTRY, GRANT, LATER, WALLET

BATCH_ID, REDEMPTION_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a21", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a22"
CODE: dict[str, Any] = {
    "code": "SUMMER26",
    "description": "A summer of credits",
    "amount": "100",
    "bonus_percent": None,
    "expires_in_days": 30,
    "starts_at": AT,
    "ends_at": LATER,
    "max_redemptions": 1000,
    "max_redemptions_per_wallet": 1,
    "redeemed": 12,
    "audience": "everyone",
    "max_wallet_age_days": None,
    "plan": "",
    "wallets": [],
    "minimum_purchase_minor": None,
    "minimum_purchase_currency": "",
    "group": "summer",
    "is_stackable": False,
    "is_active": True,
    "campaign": "summer-26",
    "batch": None,
    "created_at": AT,
}
REDEMPTION: dict[str, Any] = {
    "id": REDEMPTION_ID,
    "code": "SUMMER26",
    "reference": "ada",
    "status": "granted",
    "amount": "100",
    "bonus_percent": None,
    "payment": None,
    "created_at": AT,
    "granted_at": AT,
    "grant": GRANT,
}
ISSUED = {**ENTRY, "kind": "issued", "contra": "promotions", "amount": "100", "grant": GRANT["id"]}
BATCH: dict[str, Any] = {
    "id": BATCH_ID,
    "campaign": "summer-26",
    "prefix": "SUMMER",
    "count": 100000,
    "created_by": "key:k7m2p9q4xz",
    "created_at": AT,
    "revoked_at": None,
}
CAMPAIGN: dict[str, Any] = {
    "campaign": "summer-26",
    "codes": 100000,
    "active": 100000,
    "redeemed": 3,
    "waiting": 0,
    "given": "300",
    "consumed": "120.5",
    "expired": "50",
    "remaining": "129.5",
    "taken_back": "0",
}
REFERRAL: dict[str, Any] = {
    "code": "REF-7KQM-22XF-9DTR-ACPW",
    "amount": "20",
    "referrer_amount": "50",
    "expires_in_days": 90,
    "referred": 2,
    "rewarded": 1,
    "max_referrals": 50,
}
EXAMPLES: dict[str, Any] = {
    "CodeBody": {"code": "SUMMER26", "amount": "100", "expires_in_days": 30, "max_redemptions": 1000},
    "CodeChangeBody": {"ends_at": LATER, "reason": "The campaign goes on."},
    "GenerateBody": {"count": 100000, "prefix": "SUMMER", "campaign": "summer-26", "amount": "100"},
    "RedemptionBody": {"code": "SUMMER26", "reference": "ada"},
    "ReferralBody": {"reference": "ada"},
    "ReasonBody": {"reason": "The printed cards were stolen."},
    "PromoCode": CODE,
    "Eligibility": {"eligible": True, "reason": None, "amount": "100", "bonus_percent": None},
    "Redemption": REDEMPTION,
    "PostedRedemption": {**REDEMPTION, "entry": ISSUED, "wallet": WALLET},
    "CodeBatch": BATCH,
    "Campaign": CAMPAIGN,
    "ReferralCode": REFERRAL,
}
CSV = (
    "code,campaign,amount,bonus_percent,expires_in_days,starts_at,ends_at,max_redemptions,redeemed,is_active,created_at\r\n"
    f"SUMMER-7KQM-22XF-9DTR-ACPW,summer-26,100,,30,,,1,0,true,{AT}\r\n"
)
