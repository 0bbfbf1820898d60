"""Who calls, and what they may do: the one object that views and services see of an identity."""

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from core.exceptions import PermissionDenied
from core.problems import Problem

Principal = Literal["service", "operator", "customer"]
SCOPES = ("read", "spend", "grant", "admin")


def expand_scope(scope: str) -> frozenset[str]:
    """Return `scope` and every scope that it contains."""
    return frozenset(SCOPES[: SCOPES.index(scope) + 1])


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller.

    `actor` names it for ever ("key:<prefix>" or "user:<uuid>"); `reference` is the caller's own wallet, if any.
    """

    principal: Principal
    actor: str
    reference: str | None = None
    scopes: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    user_id: UUID | None = None

    # What Django, DRF and the request log ask of `request.user`.
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True

    @property
    def pk(self) -> str:
        return self.actor

    def may(self, right: str) -> bool:
        """Tell whether the caller holds a scope, or an operator's permission such as `credits.view_wallet`."""
        return right in self.scopes or right in self.permissions

    def require(self, right: str) -> None:
        """Raise PermissionDenied unless the caller holds `right`."""
        if not self.may(right):
            raise PermissionDenied(right=right)

    def own(self, reference: str, otherwise: Problem) -> str:
        """Return the wallet reference that the caller means by `reference`; `me` is a customer's own.

        Raises `otherwise`, which is what an unknown wallet raises, when a customer names someone else's.
        """
        if self.principal != "customer" or self.reference is None:
            return reference
        if reference in ("me", self.reference):
            return self.reference
        raise otherwise
