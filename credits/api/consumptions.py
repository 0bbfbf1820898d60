"""POST /wallets/{reference}/consume and POST /consumptions: the hot calls."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import caller_of
from core.api.bodies import read_body, validated
from core.api.idempotency import read_key
from core.api.problem_responses import problem_body, problem_of
from core.api.queries import read_query
from core.exceptions import ValidationFailed
from core.problems import Problem

from .. import services
from ..services.consumptions import MAX_ITEMS, Consumption
from . import openapi, shapes
from .audited import LedgerView
from .base import SPEND, SPEND_OWN, answer_entry, origin_of, origin_with, target_of_path
from .bodies import ConsumeBody, ConsumptionItem
from .representations import entry_of

# `<key>/<index>` has at most 255 characters.
LONGEST_BATCH_KEY = 240


class ConsumeView(LedgerView):
    permission_classes = (SPEND_OWN,)

    @openapi.posts("consume", ConsumeBody, shapes.PostedEntry, openapi.TOO_LITTLE, openapi.FROZEN, openapi.NO_WALLET)
    def post(self, request: Request, reference: str) -> Response:
        """Use credits, those that end soonest first.

        With `overage: "up_to"` the call takes what is there and records what is missing as `shortfall`.
        """
        body = read_body(request, ConsumeBody)
        target = target_of_path(request, reference)
        return answer_entry(services.consume(reference=target, origin=origin_of(request), **body))


class ConsumptionsView(LedgerView):
    permission_classes = (SPEND,)

    @openapi.operation("consume_many", body=shapes.Batch, answers={200: shapes.BatchResults})
    def post(self, request: Request) -> Response:
        """Use credits of up to 1,000 wallets at once, each item by itself: one's refusal touches no other.

        An item without `idempotency_key` has `<Idempotency-Key>/<its index>`, if the header is sent.
        """
        items = _items(request)
        outcomes = iter(services.consume_many(items=[item for item in items if isinstance(item, Consumption)]))
        results = [next(outcomes) if isinstance(item, Consumption) else item for item in items]
        return Response({"results": [_result(outcome, request.path) for outcome in results]})


def _items(request: Request) -> list[Consumption | Problem]:
    """Return each item, or what is wrong with it; raises ValidationFailed for what is no list of items."""
    read_query(request)
    key = read_key(request, max_length=LONGEST_BATCH_KEY)
    members = request.data if isinstance(request.data, Mapping) else {}
    items = members.get("items")
    if set(members) != {"items"} or not isinstance(items, list) or not 1 <= len(items) <= MAX_ITEMS:
        raise ValidationFailed([("items", f"Send an object with `items`: a list of 1 to {MAX_ITEMS:,} items.")])
    return [_item(request, item, key and f"{key}/{index}") for index, item in enumerate(items)]


def _item(request: Request, item: object, key: str | None) -> Consumption | Problem:
    try:
        members = validated(ConsumptionItem, item)
    except ValidationError as error:
        return problem_of(error) or Problem()
    return Consumption(origin=origin_with(caller_of(request), members.pop("idempotency_key", key)), **members)


def _result(outcome: services.Posted | Problem, path: str) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        return {"status": outcome.status, "problem": problem_body(outcome, path)}
    return {"status": 201, "replayed": outcome.replayed, "entry": entry_of(outcome.entry)}
