"""POST /usage/estimate and POST /usage/events: what usage would cost, and what it cost."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import caller_of
from core import clock
from core.amounts import format_micros
from core.api.bodies import read_body, validated
from core.api.idempotency import REPLAYED, read_key
from core.api.problem_responses import problem_body, problem_of
from core.exceptions import ValidationFailed
from core.problems import Problem
from credits.api import openapi as ledger
from credits.api.audited import LedgerView
from credits.api.base import origin_with

from ..pricing import QUANTITIES
from ..services import Charge, Recorded, Usage, price_usage, record_usage, record_usage_batch
from . import openapi, shapes
from .base import ESTIMATE, RECORD
from .bodies import EstimateBody, EventBody
from .representations import recorded_of, wallet_after

# `<key>/<index>` has at most 255 characters.
LONGEST_BATCH_KEY = 240
CLOCK_SKEW = timedelta(minutes=5)
REFUSALS = (
    openapi.UNKNOWN,
    openapi.UNPRICED,
    ledger.TOO_LITTLE,
    openapi.OVER,
    ledger.FROZEN,
    ledger.NO_WALLET,
    ledger.NO_HOLD,
    ledger.HOLD_ENDED,
)


class EstimateView(LedgerView):
    permission_classes = (ESTIMATE,)
    changes = False

    @extend_schema(
        **openapi.operation(
            "usage_estimate",
            body=EstimateBody,
            answers={200: shapes.Estimate},
            refusals=(openapi.UNKNOWN, openapi.UNPRICED),
        )
    )
    def post(self, request: Request) -> Response:
        """Tell what usage would cost at present; nothing is taken or set aside."""
        usage = _usage(read_body(request, EstimateBody))
        priced = price_usage(
            model=usage.model,
            quantities=usage.quantities,
            provider=usage.provider,
            operation=usage.operation,
            at=clock.now(),
        )
        basis = "rate" if priced.rate else "free"
        return Response({"amount": format_micros(priced.amount), "rate": priced.rate, "basis": basis})


class EventsView(LedgerView):
    permission_classes = (RECORD,)

    @extend_schema(
        **openapi.operation(
            "usage_record",
            body=(EventBody, shapes.UsageBatch),
            answers={201: (shapes.PostedUsage, shapes.UsageResults)},
            refusals=REFUSALS,
            keyed=True,
        )
    )
    def post(self, request: Request) -> Response:
        """Record what was used, and take what it costs from the hold or from the wallet.

        With `items` up to 1,000 events are recorded at once, each by itself: one's refusal touches no other. An item
        without `idempotency_key` has `<Idempotency-Key>/<its index>`, if the header is sent.
        """
        if isinstance(request.data, Mapping) and "items" in request.data:
            return _answer_batch(request)
        body = read_body(request, EventBody)
        charge = _charge(request, body, body.pop("idempotency_key", None) or read_key(request))
        recorded = record_usage(charge=charge)
        members = {**recorded_of(recorded, charge.reference), "wallet": wallet_after(recorded, charge.reference)}
        return Response(members, status=201, headers={REPLAYED: "true"} if recorded.replayed else None)


def _answer_batch(request: Request) -> Response:
    charges = _charges(request)
    outcomes = iter(record_usage_batch(charges=[charge for charge in charges if isinstance(charge, Charge)]))
    results = [
        _result(charge.reference, next(outcomes), request.path)
        if isinstance(charge, Charge)
        else _result("", charge, request.path)
        for charge in charges
    ]
    return Response({"results": results}, status=201)


def _charges(request: Request) -> list[Charge | Problem]:
    """Return each item, or what is wrong with it; raises ValidationFailed for what is no list of items."""
    key = read_key(request, max_length=LONGEST_BATCH_KEY)
    members: Any = request.data
    items = members["items"]
    if set(members) != {"items"} or not isinstance(items, list) or not 1 <= len(items) <= shapes.MAX_ITEMS:
        raise ValidationFailed([("items", f"Send an object with `items`: a list of 1 to {shapes.MAX_ITEMS:,} items.")])
    return [_item(request, item, key and f"{key}/{index}") for index, item in enumerate(items)]


def _item(request: Request, item: object, key: str | None) -> Charge | Problem:
    try:
        body = validated(EventBody, item)
        return _charge(request, body, body.pop("idempotency_key", None) or key)
    except (ValidationError, ValidationFailed) as error:
        return problem_of(error) or Problem()


def _charge(request: Request, body: dict[str, Any], key: str | None) -> Charge:
    usage, hold = _usage(body), body.get("hold")
    return Charge(
        reference=body["reference"],
        usages=(usage,),
        hold=None if hold is None else str(hold),
        final=body.get("final", True),
        # The work is done: a hold that was too small must not lose what it covers.
        overage=body.get("overage", "strict" if hold is None else "up_to"),
        origin=origin_with(caller_of(request), key),
    )


def _usage(body: dict[str, Any]) -> Usage:
    occurred_at = body.get("occurred_at")
    if occurred_at is not None and occurred_at > clock.now() + CLOCK_SKEW:
        raise ValidationFailed([("occurred_at", "Usage is recorded when it has happened, not before.")])
    return Usage(
        model=body["model"],
        quantities={name: body[name] for name in QUANTITIES if name in body},
        provider=body.get("provider", ""),
        operation=body.get("operation", ""),
        occurred_at=occurred_at,
        metadata=body.get("metadata"),
    )


def _result(reference: str, outcome: Recorded | Problem, path: str) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        return {"status": outcome.status, "problem": problem_body(outcome, path)}
    return {"status": 201, "replayed": outcome.replayed, "event": recorded_of(outcome, reference)}
