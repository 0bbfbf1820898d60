"""Who may call, and which wallet a call is about."""

from rest_framework.request import Request

from accounts.permissions import caller_of, requires
from credits.exceptions import WalletNotFound

ESTIMATE = requires(scope="spend", perm="usage.view_rate", own=True)
RECORD = requires(scope="spend", perm="credits.administer_ledger")
READ_OWN = requires(scope="read", perm="usage.view_usageevent", own=True)
READ_RATES = requires(scope="read", perm="usage.view_rate")
ADD_RATE = requires(scope="admin", perm="usage.add_rate")
READ_BUDGETS = requires(scope="read", perm="usage.view_budget")
ADD_BUDGET = requires(scope="admin", perm="usage.add_budget")
CHANGE_BUDGET = requires(scope="admin", perm="usage.change_budget")
DELETE_BUDGET = requires(scope="admin", perm="usage.delete_budget")


def reference_of(request: Request, named: str | None) -> str | None:
    """Return the wallet that a read is bound to: a customer's own, else the one that is named, if any."""
    caller = caller_of(request)
    if named is None:
        return caller.reference if caller.principal == "customer" else None
    return caller.own(named, WalletNotFound())
