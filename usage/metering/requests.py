"""What is known of a request before it runs: who pays, and how much it may cost."""

import re
from decimal import ROUND_CEILING, Decimal

from django.http import HttpRequest

from core.exceptions import ValidationFailed

from .calls import Metering, Terms
from .config import MeteringSettings
from .payers import payer_of

ESTIMATED_TOKENS = "X-Estimated-Tokens"
MICRO = Decimal("0.000001")
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


def begin_request(request: HttpRequest, operation: str, settings: MeteringSettings) -> Metering:
    """Find the payer of a request and set its estimate aside. Raises NotAuthenticated, InsufficientCredits …"""
    payer = payer_of(request, settings)
    amount, basis = estimate_of(request, settings)
    terms = Terms(
        reference=payer.reference, api_key=payer.api_key, operation=operation, amount=round_up(amount), basis=basis
    )
    metering = Metering(terms, settings)
    metering.place()
    return metering


def estimate_of(request: HttpRequest, settings: MeteringSettings) -> tuple[Decimal, str]:
    """Return how many credits to hold and by whose word; the client's may raise the amount, never lower it."""
    ours = settings.estimate(request)
    theirs = _client_tokens(request) * settings.credits_per_unit
    return (theirs, "client") if theirs > ours else (ours, "estimate")


def round_up(amount: Decimal) -> Decimal:
    """Return an amount with six decimals, never less than it was."""
    return amount.quantize(MICRO, ROUND_CEILING)


def _client_tokens(request: HttpRequest) -> Decimal:
    text = request.headers.get(ESTIMATED_TOKENS, "0")
    if not _COUNT.fullmatch(text):
        raise ValidationFailed([(ESTIMATED_TOKENS, "Write a whole number of tokens, at most 999999999.")])
    return Decimal(text)
