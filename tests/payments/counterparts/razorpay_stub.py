"""Razorpay's API over that account: routes, lists by `count` and `skip`, and the ways to repeat a call safely."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from .counterpart import Json, Refusal, Request, only
from .razorpay_account import _shown
from .razorpay_money_back import MoneyBack, bad_request
from .razorpay_subscriptions import Subscriptions

NOUNS = {
    "payment_links": "link",
    "orders": "order",
    "payments": "payment",
    "refunds": "refund",
    "disputes": "dispute",
    "subscriptions": "subscription",
    "plans": "plan",
    "customers": "customer",
    "invoices": "invoice",
}
FILTERS = ("reference_id", "receipt", "plan_id", "payment_id", "subscription_id", "order_id")


class RazorpayStub(Subscriptions, MoneyBack):
    """Answers `/v1/…` as Razorpay does."""

    signature_header = "X-Razorpay-Signature"

    def answer(self, request: Request) -> tuple[int, Json]:
        pair = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return 401, {"error": {"code": "BAD_REQUEST_ERROR", "description": "Authentication failed"}}
        try:
            return self._answer(request)
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _answer(self, request: Request) -> tuple[int, Json]:
        for method, pattern, act in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return 200, _public(act(self, request, *match.groups()))
        if request.method != "GET":
            raise bad_request("The requested URL was not found on the server.", status=404)
        return 200, _public(self._read(request.path, request.params))

    def _read(self, path: str, params: Json) -> Json:
        parts = path.removeprefix("/v1/").split("/")
        kind = NOUNS.get(parts[0])
        if kind is None:
            raise bad_request("The requested URL was not found on the server.", status=404)
        if len(parts) == 1:
            return self._page(kind, params)
        if len(parts) == 3:
            return self._page(NOUNS[parts[2]], params | {f"{kind}_id": parts[1]})
        return self.existing(kind, parts[1])

    def existing(self, kind: str, id: str) -> Json:
        if id not in self.objects.get(kind, {}):
            raise bad_request("The id provided does not exist")
        return self.find(kind, id)

    def _page(self, kind: str, params: Json) -> Json:
        if kind == "link":
            return self._links(params)
        found = only(self.all(kind), **{name: params.get(name) for name in FILTERS if name in params})
        since, until = int(params.get("from", 0)), int(params.get("to", 1 << 40))
        found = [item for item in found if since <= item["created_at"] <= until]
        skip = int(params.get("skip", 0))
        items = found[skip : skip + min(int(params.get("count", 10)), 100)]
        return {"entity": "collection", "count": len(items), "items": items}

    def _links(self, params: Json) -> Json:
        """Links are found by reference or by a payment for them, not by time."""
        found = only(self.all("link"), reference_id=params.get("reference_id"))
        paid_by = params.get("payment_id")
        return {"payment_links": [link for link in found if not paid_by or paid_by in _payments_for(link)]}

    def refund_once(self, request: Request, payment: str) -> Json:
        """Repeat the answer of a key; another request under it is refused."""
        key = request.headers.get("x-refund-idempotency", "")
        if key and not re.fullmatch(r"[A-Za-z0-9_-]{10,}", key):
            raise bad_request("The idempotency key must have 10 characters or more of A-Z, a-z, 0-9, - and _")
        fingerprint = json.dumps([request.path, request.params], sort_keys=True)
        if key in self.kept:
            first, _, body = self.kept[key]
            if first != fingerprint:
                raise bad_request("Different request body sent for the same idempotency key")
            return body
        params = request.params
        refund = self.refund(payment, params.get("amount"), params.get("receipt"), params.get("notes"))
        if key:
            self.kept[key] = fingerprint, 200, _public(refund)
        return refund


def _payments_for(link: Json) -> list[str]:
    return [payment["payment_id"] for payment in link["payments"] or []]


def _create_link(stub: RazorpayStub, request: Request) -> Json:
    params = request.params
    reference = params.get("reference_id")
    if reference and only(stub.all("link"), reference_id=reference):
        raise bad_request(
            f"payment link creation failed with error: reference_id {reference} already exists", "reference_id"
        )
    _check_notes(params)
    id = stub.new_id("plink_")
    link = {
        "id": id,
        "accept_partial": params.get("accept_partial", False),
        "amount": _amount(params),
        "amount_paid": 0,
        "cancelled_at": 0,
        "created_at": stub.now(),
        "currency": params["currency"],
        "description": params.get("description", ""),
        "expire_by": params.get("expire_by", 0),
        "notes": params.get("notes"),
        "payments": None,
        "reference_id": reference or "",
        "short_url": f"https://rzp.test/l/{id}",
        "status": "created",
    }
    return stub.keep("link", link)


def _cancel_link(stub: RazorpayStub, request: Request, id: str) -> Json:
    if stub.existing("link", id)["status"] != "created":
        raise bad_request("Payment Link can only be cancelled when it is in created state")
    return stub.cancel_link(id)


def _create_order(stub: RazorpayStub, request: Request) -> Json:
    """With `unique_receipt` a retried create answers with the order that is there."""
    params = request.params
    _check_notes(params)
    receipt = params.get("receipt")
    if receipt and len(receipt) > 40:
        raise bad_request("The receipt may not be greater than 40 characters.", "receipt")
    same = only(stub.all("order"), receipt=receipt) if receipt and params.get("unique_receipt") else []
    return same[0] if same else stub.new_order(_amount(params), params["currency"], receipt, params.get("notes"))


def _charge_token(stub: RazorpayStub, request: Request) -> Json:
    """Charge a customer who isn't there; an order that is paid takes no second payment."""
    params = request.params
    order = stub.existing("order", params["order_id"])
    if order["status"] == "paid":
        raise bad_request("Payment already done for this order.")
    if stub.existing("customer", params["customer_id"]).get("_declines"):
        payment = stub.new_payment(order, None, method="card", token_id=params["token"])
        payment.update(status="failed", error_code="BAD_REQUEST_ERROR")
        stub.happen("payment.failed", payment=payment)
        raise bad_request("Payment failed because the card was declined")
    payment = stub.pay_order(order["id"], token_id=params["token"], customer_id=params["customer_id"], method="card")
    return {"razorpay_payment_id": payment["id"], "razorpay_order_id": order["id"]}


def _create_customer(stub: RazorpayStub, request: Request) -> Json:
    params = request.params
    same = only(stub.all("customer"), email=params.get("email"), contact=params.get("contact"))
    if same and str(params.get("fail_existing", "1")) != "0":
        raise bad_request("Customer already exists for the merchant")
    customer = {"entity": "customer", "created_at": stub.now(), "email": params.get("email"), "notes": []}
    return same[0] if same else stub.keep("customer", {"id": stub.new_id("cust_"), **customer})


def _create_plan(stub: RazorpayStub, request: Request) -> Json:
    plan = {"id": stub.new_id("plan_"), "entity": "plan", "created_at": stub.now(), **request.params}
    return stub.keep("plan", plan)


def _create_subscription(stub: RazorpayStub, request: Request) -> Json:
    stub.existing("plan", request.params["plan_id"])
    return stub.new_subscription(request.params)


def _cancel_subscription(stub: RazorpayStub, request: Request, id: str) -> Json:
    if stub.existing("subscription", id)["status"] == "cancelled":
        raise bad_request("Subscription is not cancellable in cancelled status.")
    return stub.cancel_subscription(id, str(request.params.get("cancel_at_cycle_end", 0)) in ("1", "True"))


def _pause_subscription(stub: RazorpayStub, request: Request, id: str) -> Json:
    return stub.pause_subscription(stub.existing("subscription", id)["id"])


def _resume_subscription(stub: RazorpayStub, request: Request, id: str) -> Json:
    return stub.resume_subscription(stub.existing("subscription", id)["id"])


def _change_subscription(stub: RazorpayStub, request: Request, id: str) -> Json:
    stub.existing("plan", request.params["plan_id"])
    return stub.change_subscription(stub.existing("subscription", id)["id"], request.params["plan_id"])


def _capture(stub: RazorpayStub, request: Request, id: str) -> Json:
    return stub.capture(stub.existing("payment", id)["id"])


def _refund(stub: RazorpayStub, request: Request, id: str) -> Json:
    return stub.refund_once(request, id)


def _amount(params: Json) -> int:
    if not isinstance(params.get("amount"), int) or params["amount"] < 100:
        raise bad_request("The amount must be at least INR 1.00", "amount")
    return int(params["amount"])


def _check_notes(params: Json) -> None:
    notes = params.get("notes") or {}
    if len(notes) > 15 or any(len(str(value)) > 256 for value in notes.values()):
        raise bad_request("notes may have 15 pairs of at most 256 characters", "notes")


def _public(item: Any) -> Json:
    """Return a copy, as it would travel, without what only the stub knows."""
    return dict(json.loads(json.dumps(item), object_hook=_shown))


ROUTES: tuple[tuple[str, str, Callable[..., Json]], ...] = (
    ("POST", r"/v1/payment_links", _create_link),
    ("POST", r"/v1/payment_links/([^/]+)/cancel", _cancel_link),
    ("POST", r"/v1/orders", _create_order),
    ("POST", r"/v1/payments/create/recurring", _charge_token),
    ("POST", r"/v1/payments/([^/]+)/capture", _capture),
    ("POST", r"/v1/payments/([^/]+)/refund", _refund),
    ("POST", r"/v1/customers", _create_customer),
    ("POST", r"/v1/plans", _create_plan),
    ("POST", r"/v1/subscriptions", _create_subscription),
    ("POST", r"/v1/subscriptions/([^/]+)/cancel", _cancel_subscription),
    ("POST", r"/v1/subscriptions/([^/]+)/pause", _pause_subscription),
    ("POST", r"/v1/subscriptions/([^/]+)/resume", _resume_subscription),
    ("PATCH", r"/v1/subscriptions/([^/]+)", _change_subscription),
)
