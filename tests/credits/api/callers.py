"""Callers of the API, and how they ask: paths below /api/v1/, bodies as JSON."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import sync_roles
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin
from accounts.services.tokens import issue_tokens
from credits.services.signup import open_user_wallet

PASSWORD = "tide-lantern-42"


class Caller:
    """Someone with credentials; `reference` is the own wallet of a customer."""

    def __init__(self, authorization: str | None, reference: str = "") -> None:
        self.reference = reference
        self.client = APIClient(raise_request_exception=True)
        if authorization:
            self.client.credentials(HTTP_AUTHORIZATION=authorization)

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.client.get(_url(path), query, headers=headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **members: Any) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.client.post(_url(path), members if body is None else body, format="json", headers=headers)

    def patch(self, path: str, **members: Any) -> Any:
        return self.client.patch(_url(path), members, format="json")

    def posts(self, path: str, **members: Any) -> dict[str, Any]:
        """Post and return the members of the answer, which must be 201."""
        response = self.post(path, **members)
        assert response.status_code == 201, response.json()
        return response.json()


def service(scope: str = "admin", expires_at: datetime | None = None) -> Caller:
    made = create_api_key(name="test", scope=scope, origin=Origin("user:test"), expires_at=expires_at)
    return Caller(f"Api-Key {made.secret}")


def customer(email: str = "casey@example.com") -> Caller:
    user = User.objects.create_user(email, PASSWORD)
    open_user_wallet(user=user)
    return Caller(f"Bearer {issue_tokens(user).access}", f"user:{user.pk}")


def operator(role: str) -> Caller:
    sync_roles()
    user = User.objects.create_user(f"{role.lower()}@example.com", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return Caller(f"Bearer {issue_tokens(user).access}")


def bearer(email: str) -> str:
    """Return the header of a new session of a user."""
    return f"Bearer {issue_tokens(User.objects.get(email=email)).access}"


def problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """Return the members of a refusal, which must be this one."""
    assert (response.status_code, response.json().get("code")) == (status, code), response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()


def fields(response: Response) -> list[str]:
    """Return the members that a refusal of the request names."""
    return [error["field"] for error in problem(response, 400, "validation_failed")["errors"]]


def _url(path: str) -> str:
    return f"/api/v1/{path}"
