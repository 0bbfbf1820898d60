"""Who may call an endpoint: the declarations that stand on the views, and that the authorization matrix reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

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


class Rule(BasePermission):
    """Let in services with `scope`, operators with the Django permission `perm`, and customers if `own`.

    By itself it lets nobody in, and so is the default of every view.
    """

    scope: ClassVar[str | None] = None
    perm: ClassVar[str | None] = None
    own: ClassVar[bool] = False

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell True, or raise NotAuthenticated (401) or PermissionDenied (403) with the right that is missing."""
        caller = caller_of(request)
        if caller.principal == "customer":
            allowed, right = self.own, None
        else:
            right = self.scope if caller.principal == "service" else self.perm
            allowed = right is not None and caller.may(right)
        if not allowed:
            raise PermissionDenied(**({"right": right} if right else {}))
        return True


class UserRule(BasePermission):
    """Let in users, be they customers or operators, and no keys."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell True, or raise NotAuthenticated (401) or PermissionDenied (403)."""
        if caller_of(request).user_id is None:
            raise PermissionDenied("This call is about the user who makes it; an API key is none.")
        return True


class MethodRule(BasePermission):
    """Another rule for each HTTP method; one that is not named is left to the answer 405."""

    rules: ClassVar[dict[str, type[Rule]]] = {}

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell True, or raise as the rule of the method does."""
        caller_of(request)
        rule = self.rules.get("GET" if request.method == "HEAD" else request.method or "")
        return rule is None or rule().has_permission(request, view)


def requires(*, scope: str | None = None, perm: str | None = None, own: bool = False) -> type[Rule]:
    """Return the rule for `permission_classes`; which objects are a customer's own the view asks `Caller.own`."""
    return type("Requires", (Rule,), {"scope": scope, "perm": perm, "own": own})


def by_method(**rules: type[Rule]) -> type[MethodRule]:
    """Return the rule for `permission_classes` of a view whose methods have different callers."""
    return type("ByMethod", (MethodRule,), {"rules": rules})
