"""Why a call failed: one exception for each problem type (RFC 9457) that callers treat apart, told by its code."""

from collections.abc import Mapping
from typing import Any, ClassVar


class ScripError(Exception):
    """Anything that kept a call from its answer."""


class ServerUnreachable(ScripError):
    """No answer came, although the call was repeated; what it asked for may have been done or not."""


class Problem(ScripError):
    """A refusal by the server; each further member of the answer is an attribute, such as `available`."""

    code: str = ""
    _classes: ClassVar[dict[str, type["Problem"]]] = {}

    def __init__(self, status: int, members: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.members, self.retry_after = status, dict(members), retry_after
        self.code = str(members.get("code", ""))
        self.detail = str(members.get("detail", ""))
        super().__init__(f"{status} {self.code}: {self.detail}")

    def __init_subclass__(cls) -> None:
        Problem._classes[cls.code] = cls

    def __getattr__(self, name: str) -> Any:
        """Return a member of the answer; raise AttributeError where it has none of this name."""
        try:
            return self.__dict__["members"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, self.members, self.retry_after)

    @classmethod
    def of(cls, status: int, members: Mapping[str, Any], retry_after: float | None = None) -> "Problem":
        """Return the exception for an answer: that of its code, else a plain Problem."""
        return cls._classes.get(str(members.get("code")), Problem)(status, members, retry_after)


class ValidationFailed(Problem):
    code = "validation_failed"


class ModelUnknown(Problem):
    code = "model_unknown"


class QuantityUnpriced(Problem):
    code = "quantity_unpriced"


class NotAuthenticated(Problem):
    code = "not_authenticated"


class AuthenticationFailed(Problem):
    code = "authentication_failed"


class InsufficientCredits(Problem):
    code = "insufficient_credits"


class BudgetExceeded(Problem):
    code = "budget_exceeded"


class PermissionDenied(Problem):
    code = "permission_denied"


class WalletFrozen(Problem):
    code = "wallet_frozen"


class NotYourHold(Problem):
    code = "not_your_hold"


class WalletNotFound(Problem):
    code = "wallet_not_found"


class HoldNotFound(Problem):
    code = "hold_not_found"


class HoldNotActive(Problem):
    code = "hold_not_active"


class KeyReused(Problem):
    code = "idempotency_key_reused"


class Throttled(Problem):
    code = "throttled"


class Unavailable(Problem):
    code = "unavailable"
