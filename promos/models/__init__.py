"""Codes, the batches they come in, and their uses."""

from .batches import CodeBatch
from .codes import ListedWallet, PromoCode
from .redemptions import GroupUse, Redemption
from .refusals import RefusalCount

__all__ = ["CodeBatch", "GroupUse", "ListedWallet", "PromoCode", "Redemption", "RefusalCount"]
