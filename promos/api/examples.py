"""An example for each request body, by its name, and of the file of codes."""

from typing import Any

from credits.api.examples import AT, LATER

BODIES: dict[str, Any] = {
    "CodeBody": {"code": "SUMMER26", "amount": "100", "expires_in_days": 30, "max_redemptions": 1000},
    "CodeChangeBody": {"ends_at": LATER, "reason": "The campaign goes on."},
    "GenerateBody": {"count": 100000, "prefix": "SUMMER", "campaign": "summer-26", "amount": "100"},
    "RedemptionBody": {"code": "SUMMER26", "reference": "ada"},
    "ReferralBody": {"reference": "ada"},
    "ReasonBody": {"reason": "The printed cards were stolen."},
}
CSV = (
    "code,campaign,amount,bonus_percent,expires_in_days,starts_at,ends_at,max_redemptions,redeemed,is_active,created_at\r\n"
    f"SUMMER-7KQM-22XF-9DTR-ACPW,summer-26,100,,30,,,1,0,true,{AT}\r\n"
)
