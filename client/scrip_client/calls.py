"""The calls of the HTTP API, described once; a client sends them, from a thread or from an event loop."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

from .amounts import Amount, amount_text

Members = dict[str, Any]
Quantities = Mapping[str, int | Decimal]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked; `key` makes a repetition harmless."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    key: str | None = None


class Calls(ABC, Generic[Answer]):
    """Each method returns the members of the answer (awaited of an AsyncClient) and raises Problem, ServerUnreachable.

    Without an `idempotency_key` each call has a new one, which its repetitions after a lost answer keep.
    """

    @abstractmethod
    def send(self, call: Call) -> Answer:
        """Send a call, again while its failure is one that passes."""

    def read_wallet(self, reference: str) -> Answer:
        """Read a wallet."""
        return self.send(Call("GET", f"wallets/{quote(reference, safe='')}"))

    def issue_grant(
        self, reference: str, amount: Amount, *, idempotency_key: str | None = None, **terms: Any
    ) -> Answer:
        """Give credits; `terms` are further members of the body, such as `expires_in_days`."""
        return self._wallet(reference, "grants", idempotency_key, amount=amount_text(amount), **terms)

    def consume(
        self,
        reference: str,
        amount: Amount,
        *,
        overage: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Take credits; with the overage `up_to` as many as there are. Raises InsufficientCredits."""
        terms = {"overage": overage, "description": description, "metadata": metadata}
        return self._wallet(reference, "consume", idempotency_key, amount=amount_text(amount), **terms)

    def place_hold(
        self,
        reference: str,
        amount: Amount,
        *,
        expires_in_seconds: int | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Set credits aside so that nothing else can take them. Raises InsufficientCredits."""
        terms = {"expires_in_seconds": expires_in_seconds, "description": description, "metadata": metadata}
        return self._wallet(reference, "holds", idempotency_key, amount=amount_text(amount), **terms)

    def capture_hold(
        self,
        hold: str,
        amount: Amount | None = None,
        *,
        final: bool | None = None,
        overage: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Consume all of a hold, or `amount`; the rest is freed, unless `final` is False. Raises HoldNotActive."""
        asked = None if amount is None else amount_text(amount)
        terms = {"amount": asked, "final": final, "overage": overage, "metadata": metadata}
        return self._post(f"holds/{hold}/capture", idempotency_key, **terms)

    def release_hold(self, hold: str, *, idempotency_key: str | None = None) -> Answer:
        """Free what a hold covers. Raises HoldNotActive."""
        return self._post(f"holds/{hold}/release", idempotency_key)

    def extend_hold(
        self,
        hold: str,
        *,
        amount: Amount | None = None,
        expires_in_seconds: int | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Let a hold live on from now, or cover `amount` more, or both. Raises HoldNotActive, InsufficientCredits."""
        more = None if amount is None else amount_text(amount)
        terms = {"amount": more, "expires_in_seconds": expires_in_seconds}
        return self._post(f"holds/{hold}/extend", idempotency_key, **terms)

    def estimate_usage(self, model: str, quantities: Quantities, *, provider: str = "", operation: str = "") -> Answer:
        """Tell what usage would cost. Raises ModelUnknown, QuantityUnpriced."""
        return self._post("usage/estimate", "", **_usage(model, quantities, provider, operation))

    def record_event(
        self,
        reference: str,
        model: str,
        quantities: Quantities,
        *,
        provider: str = "",
        operation: str = "",
        hold: str | None = None,
        final: bool | None = None,
        overage: str | None = None,
        occurred_at: datetime | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Charge what was used by the model's rate, to a hold or the wallet. Raises ModelUnknown, QuantityUnpriced …"""
        asked = {"reference": reference, "hold": hold, "final": final, "overage": overage, "metadata": metadata}
        happened = occurred_at.isoformat() if occurred_at else None
        usage = _usage(model, quantities, provider, operation)
        return self._post("usage/events", idempotency_key, **asked, **usage, occurred_at=happened)

    def record_events(self, items: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None) -> Answer:
        """Record up to 1,000 events, each by itself; `results` tells of each, in their order."""
        return self._post("usage/events", idempotency_key, items=list(items))

    def _wallet(self, reference: str, what: str, key: str | None, **members: Any) -> Answer:
        return self._post(f"wallets/{quote(reference, safe='')}/{what}", key, **members)

    def _post(self, path: str, key: str | None, **members: Any) -> Answer:
        body = {name: value for name, value in members.items() if value is not None}
        return self.send(Call("POST", path, body, f"scrip-client:{uuid4()}" if key is None else key or None))


class Described(Calls[Call]):
    """Describes calls for rules that don't send them themselves."""

    def send(self, call: Call) -> Call:
        """Return the call."""
        return call


def _usage(model: str, quantities: Quantities, provider: str, operation: str) -> Members:
    """Return the members of a use; what is measured is a decimal text, what is counted a number."""
    units = {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in quantities.items()}
    seconds = {"seconds": str(units["seconds"])} if "seconds" in units else {}
    return {"model": model, "provider": provider, "operation": operation, **units, **seconds}
