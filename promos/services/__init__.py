"""What can be done with codes: verbs, keyword-only, each one transaction; they raise when they refuse."""

from .batches import generate_codes, revoke_batch
from .codes import change_code, create_code
from .purchases import Purchase, reward_purchase
from .redemptions import Redeemed, redeem_code
from .referrals import open_referral_code
from .refusals import count_refusal
from .reversals import give_again, take_back_due, take_back_rewards

__all__ = [
    "Purchase",
    "Redeemed",
    "change_code",
    "count_refusal",
    "create_code",
    "generate_codes",
    "give_again",
    "open_referral_code",
    "redeem_code",
    "revoke_batch",
    "reward_purchase",
    "take_back_due",
    "take_back_rewards",
]
