"""Rate limits that the ledger finances: a plan, or what a wallet has available, decides the requests per minute."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.recent import Recent
from core.amounts import to_micros
from core.api.limits import headers_of
from core.exceptions import Throttled
from credits import selectors
from credits.exceptions import WalletNotFound

from .metering.config import metering_settings
from .metering.payers import payer_of_view
from .throttle_counters import request_counter

FACT = "requests_per_minute"
# A plan that was bought, or credits that were spent, change the limit after this time at most.
REMEMBERED_SECONDS = 5


class LedgerThrottle(BaseThrottle):
    """Let a wallet make as many requests per minute as its plan or its credits pay for.

    Name it in `throttle_classes`. Where neither says anything there is no limit. While Redis is away each process
    counts for itself: requests are served rather than refused, because the ledger still refuses what is not paid.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and announce the limit. Raises Throttled, and NotAuthenticated where nobody pays."""
        settings = metering_settings()
        payer = payer_of_view(request, settings)
        (quota,) = quotas.get(payer.reference) or (None,)
        if quota is None:
            return True
        allowed, limit = request_counter().count(payer.reference, quota)
        view.headers |= headers_of(limit)
        if allowed or settings.shadow:
            return True
        raise Throttled(f"{quota} requests per minute are paid for; wait, or add credits.", limits=[limit])


def requests_per_minute(reference: str) -> int | None:
    """Return what the wallet's plan allows, else what its available credits do; None for no limit."""
    stated = selectors.facts_of(reference).get(FACT)
    if isinstance(stated, int):
        return stated
    rates = metering_settings().requests_per_minute
    if not rates:
        return None
    try:
        available = selectors.read_wallet(reference).available
    except WalletNotFound:
        available = 0
    return next((rate for credits, rate in rates if available >= to_micros(credits)), 0)


quotas: Recent[str, tuple[int | None]] = Recent(
    lambda reference: (requests_per_minute(reference),), seconds=REMEMBERED_SECONDS
)
