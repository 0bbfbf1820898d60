"""Which wallet a call is about, and who may make it."""

from rest_framework.request import Request

from accounts.permissions import caller_of, requires
from credits.exceptions import WalletNotFound


def wallet_meant(request: Request, named: str | None) -> str | None:
    """Return the wallet that a call is about: of a customer the own one, else the one that is named, if any.

    Raises WalletNotFound where a customer names someone else's.
    """
    caller = caller_of(request)
    return caller.own(named or "me", WalletNotFound()) if caller.principal == "customer" else named


SEE_NOTICES = requires(scope="read", perm="notifications.view_notice", own=True)
READ_NOTICES = requires(scope="spend", perm="notifications.change_notice", own=True)
SEE_PREFERENCES = requires(scope="read", perm="notifications.view_preference", own=True)
CHANGE_PREFERENCES = requires(scope="admin", perm="notifications.change_preference", own=True)
SEE_ENDPOINTS = requires(scope="admin", perm="notifications.view_webhookendpoint", own=True)
OPEN_ENDPOINTS = requires(scope="admin", perm="notifications.add_webhookendpoint", own=True)
CHANGE_ENDPOINTS = requires(scope="admin", perm="notifications.change_webhookendpoint", own=True)
DELETE_ENDPOINTS = requires(scope="admin", perm="notifications.delete_webhookendpoint", own=True)
SEE_DELIVERIES = requires(scope="admin", perm="notifications.view_delivery", own=True)
SEND_AGAIN = requires(scope="admin", perm="notifications.change_delivery", own=True)
