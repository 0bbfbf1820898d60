"""What is known of a request before it runs: who pays, and how much it may cost."""

import json
import re
from decimal import ROUND_CEILING, Decimal

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from core import logs
from core.exceptions import ValidationFailed
from core.problems import Problem
from usage.estimator import adapt

from .calls import Metering, Terms
from .config import MeteringSettings
from .payers import payer_of

ESTIMATED_TOKENS = "X-Estimated-Tokens"
MICRO = Decimal("0.000001")
log = logs.get_logger(__name__)
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


def begin_request(request: HttpRequest, operation: str, settings: MeteringSettings) -> Metering:
    """Find the payer of a request and set its estimate aside. Raises NotAuthenticated, InsufficientCredits …

    In shadow mode nobody is refused: who cannot be found has no name.
    """
    try:
        terms = _terms_of(request, operation, settings)
    except Problem as problem:
        if not settings.shadow:
            raise
        log.info("shadow_refusal", code=problem.code, detail=problem.detail)
        terms = Terms(reference="", operation=operation, amount=Decimal(1), basis="unknown")
    metering = Metering(terms, settings)
    metering.place()
    return metering


def _terms_of(request: HttpRequest, operation: str, settings: MeteringSettings) -> Terms:
    """Return whose the request is, and how many credits to hold by whose word.

    The client's may raise the amount, never lower it.
    """
    payer, base = payer_of(request, settings), settings.estimate(request)
    model = _model_of(request) if settings.adaptive else ""
    amount, basis = base, "estimate"
    if settings.adaptive:
        amount, basis = adapt(base, operation=operation, model=model, metering=settings)
    theirs = _client_tokens(request) * settings.credits_per_unit
    if theirs > amount:
        amount, basis = theirs, "client"
    learned = base if settings.adaptive else Decimal(0)
    return Terms(
        reference=payer.reference,
        api_key=payer.api_key,
        operation=operation,
        model=model,
        amount=round_up(amount),
        basis=basis,
        base=learned,
    )


def round_up(amount: Decimal) -> Decimal:
    """Return an amount with six decimals, never less than it was."""
    return amount.quantize(MICRO, ROUND_CEILING)


def _client_tokens(request: HttpRequest) -> Decimal:
    text = request.headers.get(ESTIMATED_TOKENS, "0")
    if not _COUNT.fullmatch(text):
        raise ValidationFailed([(ESTIMATED_TOKENS, "Write a whole number of tokens, at most 999999999.")])
    return Decimal(text)


def _model_of(request: HttpRequest) -> str:
    """Return the member `model` of a JSON body, "" where there is none."""
    if request.content_type != "application/json":
        return ""
    try:
        body = json.loads(request.body)
    except (ValueError, RequestDataTooBig, UnreadablePostError):
        return ""
    model = body.get("model") if isinstance(body, dict) else None
    return model[:128] if isinstance(model, str) else ""
