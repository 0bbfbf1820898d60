"""Questions to the ledger; what is asked of the present is answered by a settled wallet."""

from .explanations import explain_balance, explain_entry, explain_refusal
from .facts import facts_of
from .forecasts import Forecast, forecast
from .identities import reference_of_entry, reference_of_grant, reference_of_hold, remember_hold
from .reports import checkpoint, settled_trial_balance, trial_balance
from .statements import list_entries, list_expiring, list_grants, list_holds
from .stats import stats
from .wallets import PastBalance, balance_at, read_wallet, refresh_wallet, settle_if_due

__all__ = [
    "Forecast",
    "PastBalance",
    "balance_at",
    "checkpoint",
    "explain_balance",
    "explain_entry",
    "explain_refusal",
    "facts_of",
    "forecast",
    "list_entries",
    "list_expiring",
    "list_grants",
    "list_holds",
    "read_wallet",
    "reference_of_entry",
    "reference_of_grant",
    "reference_of_hold",
    "refresh_wallet",
    "remember_hold",
    "settle_if_due",
    "settled_trial_balance",
    "stats",
    "trial_balance",
]
