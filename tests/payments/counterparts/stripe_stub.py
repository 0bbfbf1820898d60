"""Stripe's API over that account: routes, lists by pages, and its idempotency keys."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from .counterpart import Json, Refusal, Request, only
from .stripe_money_back import MoneyBack, invalid
from .stripe_shapes import price_of, session_of, shown
from .stripe_subscriptions import Subscriptions

NOUNS = {
    "checkout/sessions": "session",
    "payment_intents": "intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "customers": "customer",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "events": "event",
    "payment_methods": "method",
    "prices": "price",
    "products": "product",
}
EXPANDED = {"payment_intent": "intent", "latest_charge": "charge", "invoice": "invoice"}
FILTERS = ("payment_intent", "charge", "customer", "subscription", "status", "type")


class StripeStub(Subscriptions, MoneyBack):
    """Answers `/v1/…` as Stripe does."""

    signature_header = "Stripe-Signature"

    def answer(self, request: Request) -> tuple[int, Json]:
        if request.headers.get("authorization") != f"Bearer {self.secret}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}}
        try:
            if request.method == "POST":
                return self._once(request)
            if request.method == "DELETE":
                return 200, shown(self._cancel(request.path.removeprefix("/v1/subscriptions/")))
            return 200, shown(self._read(request.path, request.params))
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _once(self, request: Request) -> tuple[int, Json]:
        """Answer a repeated key with what was answered first, refusals of the deed itself included."""
        key = request.headers.get("idempotency-key", "")
        fingerprint = json.dumps([request.path, request.params], sort_keys=True)
        if key and key in self.kept:
            first, status, body = self.kept[key]
            if first != fingerprint:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                return 400, {"error": {"type": "idempotency_error", "message": message}}
            return status, body
        status, body = self._write(request)
        if key:
            self.kept[key] = fingerprint, status, body
        return status, body

    def _write(self, request: Request) -> tuple[int, Json]:
        for pattern, act in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match:
                return 200, json.loads(json.dumps(shown(act(self, request.params, *match.groups()))))
        raise Refusal(404, {"error": {"type": "invalid_request_error", "message": f"Unrecognized {request.path}"}})

    def _cancel(self, id: str) -> Json:
        if self._get("subscription", id)["status"] == "canceled":
            message = f"No such subscription: '{id}'"
            raise Refusal(
                404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": message}}
            )
        return self.cancel_subscription(id)

    def _read(self, path: str, params: Json) -> Json:
        noun, _, id = path.removeprefix("/v1/").rpartition("/")
        if noun in NOUNS:
            found = self._get(NOUNS[noun], id)
            return self._expanded(found, [way.split(".") for way in params.get("expand", [])])
        kind = NOUNS.get(path.removeprefix("/v1/"))
        if kind is None:
            raise Refusal(404, {"error": {"type": "invalid_request_error", "message": f"Unrecognized {path}"}})
        return self._page(self.all(kind), params, path)

    def _get(self, kind: str, id: str) -> Json:
        found = self.objects.get(kind, {}).get(id)
        if found is None:
            message = f"No such {kind}: '{id}'"
            raise Refusal(
                404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": message}}
            )
        return found

    def _page(self, items: list[Json], params: Json, url: str) -> Json:
        """Newest first, as Stripe lists; `starting_after` is an id."""
        found = only(items, **{name: params.get(name) for name in FILTERS})
        created = params.get("created") or {}
        found = [item for item in found if item.get("created", 0) >= int(created.get("gte", 0))]
        found = [item for item in found if item.get("created", 0) < int(created.get("lt", 1 << 40))]
        ids = [item["id"] for item in found]
        start = ids.index(params["starting_after"]) + 1 if params.get("starting_after") else 0
        size = min(int(params.get("limit", 10)), 100)
        page = found[start : start + size]
        ways = [way.split(".")[1:] for way in params.get("expand", [])]
        page = [self._expanded(item, ways) for item in page]
        return {"object": "list", "url": url, "data": page, "has_more": len(found) > start + size}

    def _expanded(self, item: Json, ways: list[list[str]]) -> Json:
        """Put objects in the place of their ids, as `expand` asks."""
        for way in ways:
            kind = EXPANDED.get(way[0])
            if kind and isinstance(item.get(way[0]), str):
                inner = self._expanded(self._get(kind, item[way[0]]), [way[1:]] if way[1:] else [])
                item = item | {way[0]: inner}
        return item


def _create_session(stub: StripeStub, params: Json) -> Json:
    return stub.keep("session", session_of(stub, params))


def _expire_session(stub: StripeStub, params: Json, id: str) -> Json:
    if stub._get("session", id)["status"] != "open":
        raise invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
    return stub.expire_session(id)


def _create_intent(stub: StripeStub, params: Json) -> Json:
    """Charge a customer who isn't there; a declined one is a 402 that brings the intent along."""
    customer = stub._get("customer", params["customer"])
    intent = stub.new_intent(
        int(params["amount"]),
        params["currency"],
        params.get("metadata") or {},
        customer=customer["id"],
        payment_method=params.get("payment_method"),
        description=params.get("description"),
    )
    if params.get("confirm") != "true":
        return intent
    if customer.get("_declines"):
        stub.fail(intent)
        error = dict(intent["last_payment_error"]) | {
            "payment_intent": shown(intent),
            "decline_code": "generic_decline",
        }
        raise Refusal(402, {"error": error})
    return stub.succeed(intent)


def _create_refund(stub: StripeStub, params: Json) -> Json:
    return stub.refund(params["payment_intent"], params.get("amount"), params.get("metadata"))


def _create_customer(stub: StripeStub, params: Json) -> Json:
    return stub.new_customer(params.get("email"), params.get("metadata"))


def _open_portal(stub: StripeStub, params: Json) -> Json:
    stub._get("customer", params["customer"])
    id = stub.new_id("bps_")
    return {"id": id, "object": "billing_portal.session", "url": f"https://billing.stripe.test/p/session/{id}"}


def _create_price(stub: StripeStub, params: Json) -> Json:
    price = params | {"id": stub.new_id("price_"), "object": "price", "unit_amount": int(params["unit_amount"])}
    return stub.keep("price", price)


def _create_product(stub: StripeStub, params: Json) -> Json:
    return stub.keep("product", params | {"id": params.get("id") or stub.new_id("prod_"), "object": "product"})


def _change_subscription(stub: StripeStub, params: Json, id: str) -> Json:
    changes: Json = {}
    if "cancel_at_period_end" in params:
        changes["cancel_at_period_end"] = params["cancel_at_period_end"] == "true"
    if "pause_collection" in params:
        changes["pause_collection"] = params["pause_collection"] or None
    if "items" in params:
        changes["items"] = _priced(stub, stub._get("subscription", id)["items"], params["items"][0])
    return stub.change_subscription(id, changes)


def _priced(stub: StripeStub, items: Json, asked: Json) -> Json:
    price = {"id": asked.get("price") or stub.new_id("price_"), "object": "price", **price_of(stub, asked)}
    return items | {"data": [items["data"][0] | {"price": price}]}


ROUTES: tuple[tuple[str, Callable[..., Json]], ...] = (
    (r"/v1/checkout/sessions", _create_session),
    (r"/v1/checkout/sessions/([^/]+)/expire", _expire_session),
    (r"/v1/payment_intents", _create_intent),
    (r"/v1/refunds", _create_refund),
    (r"/v1/customers", _create_customer),
    (r"/v1/billing_portal/sessions", _open_portal),
    (r"/v1/prices", _create_price),
    (r"/v1/products", _create_product),
    (r"/v1/subscriptions/([^/]+)", _change_subscription),
)


def form(text: str) -> Json:
    """Read `a[b][0][c]=d` as Stripe's SDK writes it; members 0, 1, 2 … are a list."""
    found: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        parts = re.findall(r"[^\[\]]+", name)
        node = found
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        node[parts[-1]] = value
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = {name: _listed(member) for name, member in value.items()}
    if members and all(name.isdigit() for name in members):
        return [members[name] for name in sorted(members, key=int)]
    return members
