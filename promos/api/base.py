"""What the views of promos share: who may call, and which wallet a call is about."""

from rest_framework.request import Request

from accounts.permissions import caller_of, requires
from core.exceptions import ValidationFailed
from credits.exceptions import WalletNotFound

READ_OWN = requires(scope="read", perm="credits.view_wallet", own=True)
REDEEM = requires(scope="grant", perm="credits.grant_credits", own=True)
VIEW = requires(scope="admin", perm="promos.view_promocode")
ADD = requires(scope="admin", perm="promos.add_promocode")
CHANGE = requires(scope="admin", perm="promos.change_promocode")


def reference_of(request: Request, named: str | None) -> str:
    """Return the wallet of a call: a customer's own, whether he names it or not; everyone else has to name one.

    Raises WalletNotFound for someone else's, ValidationFailed where none is named.
    """
    reference = caller_of(request).own(named or "me", WalletNotFound())
    if reference == "me":
        raise ValidationFailed([("reference", "Name the wallet by its reference.")])
    return reference


def filter_of(request: Request, named: str | None) -> str | None:
    """Return the wallet to which a list is bound: a customer's own, or the one that is named, if any."""
    caller = caller_of(request)
    return reference_of(request, named) if named or caller.principal == "customer" else None
