from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.callers import Caller, expand_scope
from accounts.permissions import by_method, caller_of, requires
from core.exceptions import NotFound, PermissionDenied

CUSTOMER = Caller("customer", "user:1", reference="user:1")
READER = Caller("service", "key:r", scopes=expand_scope("read"))
GRANTER = Caller("service", "key:g", scopes=expand_scope("grant"))
SUPPORT = Caller("operator", "user:2", permissions=frozenset({"credits.view_wallet"}))


class Undeclared(APIView):
    def get(self, request: Request) -> Response:
        return Response(caller_of(request).actor)


class Spending(Undeclared):
    permission_classes = (requires(scope="spend", perm="credits.view_wallet", own=True),)


class Granting(Undeclared):
    permission_classes = (requires(scope="grant", perm="credits.grant_credits"),)


class Mixed(Undeclared):
    permission_classes = (by_method(GET=requires(scope="read", own=True), POST=requires(scope="admin")),)

    def post(self, request: Request) -> Response:
        return Response(status=201)


def call(view: type[APIView], caller: Caller | None, method: str = "get") -> int:
    request: Any = getattr(APIRequestFactory(), method)("/")
    if caller:
        request._force_auth_user, request._force_auth_token = caller, caller
    return int(view.as_view()(request).status_code)


@pytest.mark.parametrize(
    ("view", "caller", "status"),
    [
        (Undeclared, None, 401),
        (Undeclared, CUSTOMER, 403),
        (Undeclared, GRANTER, 403),
        (Undeclared, SUPPORT, 403),
        (Spending, None, 401),
        (Spending, CUSTOMER, 200),
        (Spending, READER, 403),
        (Spending, GRANTER, 200),
        (Spending, SUPPORT, 200),
        (Granting, None, 401),
        (Granting, CUSTOMER, 403),
        (Granting, READER, 403),
        (Granting, GRANTER, 200),
        (Granting, SUPPORT, 403),
        (Mixed, CUSTOMER, 200),
        (Mixed, SUPPORT, 403),
    ],
)
def test_a_declaration_lets_in_whom_it_names(view: type[APIView], caller: Caller | None, status: int) -> None:
    assert call(view, caller) == status


def test_each_method_has_its_own_rule() -> None:
    assert [call(Mixed, GRANTER, method) for method in ("get", "post", "delete")] == [200, 403, 405]
    assert call(Mixed, None, "delete") == 401


def test_a_scope_contains_the_ones_before_it() -> None:
    assert [right for right in ("read", "spend", "grant", "admin") if GRANTER.may(right)] == ["read", "spend", "grant"]


def test_a_refusal_names_the_right() -> None:
    with pytest.raises(PermissionDenied) as refusal:
        SUPPORT.require("credits.grant_credits")
    assert refusal.value.members == {"right": "credits.grant_credits"}


def test_a_customer_finds_only_his_own_wallet() -> None:
    assert [CUSTOMER.own(name, NotFound()) for name in ("me", "user:1")] == ["user:1", "user:1"]
    with pytest.raises(NotFound):
        CUSTOMER.own("user:2", NotFound())


def test_a_service_names_any_wallet() -> None:
    assert [READER.own(name, NotFound()) for name in ("me", "user:1")] == ["me", "user:1"]
