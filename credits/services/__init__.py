"""What can be done with credits: verbs, keyword-only, each one transaction; they raise when they refuse."""

from .consumptions import Consumption, consume, consume_many
from .facts import state_fact
from .grants import NewGrant, claw_back, issue_grant, issue_grants, reverse_entry, void_grant, void_grants
from .holds import capture_hold, extend_hold, place_hold, release_hold
from .posting import INTERNAL, Origin, Posted
from .privacy import erase_texts
from .wallets import (
    adjust,
    forgive_debt,
    freeze,
    open_wallet,
    reset,
    settle_due,
    settle_wallets,
    transfer,
    unfreeze,
    update_wallet,
)

__all__ = [
    "INTERNAL",
    "Consumption",
    "NewGrant",
    "Origin",
    "Posted",
    "adjust",
    "capture_hold",
    "claw_back",
    "consume",
    "consume_many",
    "erase_texts",
    "extend_hold",
    "forgive_debt",
    "freeze",
    "issue_grant",
    "issue_grants",
    "open_wallet",
    "place_hold",
    "release_hold",
    "reset",
    "reverse_entry",
    "settle_due",
    "settle_wallets",
    "state_fact",
    "transfer",
    "unfreeze",
    "update_wallet",
    "void_grant",
    "void_grants",
]
