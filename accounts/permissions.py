"""Who may call an endpoint: the declarations that stand on the views, and that the authorization matrix reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.callers import Caller
from core.exceptions import NotAuthenticated, PermissionDenied

if TYPE_CHECKING:  # DRF's views import their default permissions, which are these
    from rest_framework.views import APIView


def caller_of(request: Request) -> Caller:
    """Return who calls. Raises NotAuthenticated."""
    if not isinstance(request.auth, Caller):
        raise NotAuthenticated
    return request.auth


class Requires(BasePermission):
    """Let in services with `scope`, operators with the Django permission `perm`, and customers if `own`.

    Which objects are a customer's own is decided by the view, with `Caller.own`.
    """

    def __init__(self, *, scope: str | None = None, perm: str | None = None, own: bool = False) -> None:
        self.scope, self.perm, self.own = scope, perm, own

    def __call__(self) -> Requires:
        """Return itself: DRF calls what it finds in `permission_classes`."""
        return self

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell True, or raise NotAuthenticated (401) or PermissionDenied (403) with the right that is missing."""
        caller = caller_of(request)
        if caller.principal == "customer":
            allowed, right = self.own, None
        else:
            right = self.scope if caller.principal == "service" else self.perm
            allowed = right is not None and caller.may(right)
        if not allowed:
            raise PermissionDenied(right=right)
        return True


class RequiresUser(BasePermission):
    """Let in users, be they customers or operators, and no keys."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell True, or raise NotAuthenticated (401) or PermissionDenied (403)."""
        if caller_of(request).user_id is None:
            raise PermissionDenied("This call is about the user who makes it; an API key is none.")
        return True


class ByMethod(BasePermission):
    """Another rule for each HTTP method; one that is not named is left to the answer 405."""

    def __init__(self, **rules: Requires) -> None:
        self.rules = rules

    def __call__(self) -> ByMethod:
        """Return itself: DRF calls what it finds in `permission_classes`."""
        return self

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell True, or raise as the rule of the method does."""
        caller_of(request)
        rule = self.rules.get("GET" if request.method == "HEAD" else request.method or "")
        return rule is None or rule.has_permission(request, view)
