"""How an application is metered: which paths, who pays, how much is held, where the cost stands."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .amounts import Amount, read_amount, round_up

CLIENT_GONE = ("reported", "recorded", "released")


@dataclass(frozen=True, slots=True)
class Request:
    """What every framework knows of a request: header names in small letters, and `raw`, the framework's own object.

    `raw` is a scope of ASGI, an environ of WSGI, or Django's HttpRequest.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    raw: Any


Wallet = Callable[[Request], str | Awaitable[str | None] | None]
Estimate = Amount | Mapping[str, Amount] | Callable[[Request], Amount]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteringConfig:
    """The terms of metering; README.md describes each. Amounts in credits. Raises ValueError for what cannot work."""

    paths: tuple[str, ...]
    wallet: Wallet
    skip_paths: tuple[str, ...] = ()
    estimate: Estimate = 1
    credits_per_unit: Amount = 1
    response_header: str = ""
    body_key: str = ""
    charge_client_errors: bool = False
    hold_seconds: int = 900
    slice_credits: Amount = 10
    slice_seconds: int = 10
    client_gone: str = "recorded"

    def __post_init__(self) -> None:
        if isinstance(self.paths, str) or isinstance(self.skip_paths, str) or not self.paths:
            raise ValueError("paths and skip_paths are lists of prefixes, and at least one path is metered.")
        if isinstance(self.estimate, Mapping) and "" not in self.estimate:
            raise ValueError('Add the prefix "" to estimate, for the paths that no other prefix fits.')
        if self.client_gone not in CLIENT_GONE:
            raise ValueError(f"client_gone is one of {', '.join(CLIENT_GONE)}.")
        if self.hold_seconds < 1 or self.slice_seconds < 1 or not callable(self.wallet):
            raise ValueError("hold_seconds and slice_seconds are at least 1, and wallet is a function of the request.")
        fixed = [] if callable(self.estimate) else _values(self.estimate)
        for amount in (*fixed, self.credits_per_unit, self.slice_credits):
            if not read_amount(amount):
                raise ValueError("An estimate, credits_per_unit and slice_credits are more than zero.")

    def operation_of(self, path: str) -> str | None:
        """Return the metered prefix of a path, by which budgets know it; None for what is free."""
        if path.startswith(tuple(self.skip_paths)):
            return None
        return max((prefix for prefix in self.paths if path.startswith(prefix)), key=len, default=None)

    def estimate_of(self, request: Request) -> Decimal:
        """Return how many credits a request may cost."""
        if isinstance(self.estimate, Mapping):
            fitting = [prefix for prefix in self.estimate if request.path.startswith(prefix)]
            return read_amount(self.estimate[max(fitting, key=len)])
        return round_up(Decimal(self.estimate(request) if callable(self.estimate) else self.estimate))


def _values(estimate: Amount | Mapping[str, Amount]) -> list[Amount]:
    return list(estimate.values()) if isinstance(estimate, Mapping) else [estimate]
