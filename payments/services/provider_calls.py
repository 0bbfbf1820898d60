"""Ask a provider, and keep a row of each call."""

import time
from collections.abc import Callable
from typing import TypeVar

from core import clock, logs

from ..exceptions import ProviderRefusal, ProviderUnavailable
from ..models import Payment, ProviderCall
from ..providers import registry
from ..providers.protocol import Declined, Provider, ProviderError, ProviderRefused, ProviderUnreachable

Answer = TypeVar("Answer")

log = logs.get_logger(__name__)


def ask(call: str, name: str, work: Callable[[Provider], Answer], *, payment: Payment | None = None) -> Answer:
    """Run one call to a provider outside of any transaction of ours, and write its row.

    Raises ProviderError; whatever else goes wrong inside a provider's module counts as no usable answer.
    """
    began = time.perf_counter()
    error: ProviderError | None = None
    try:
        return work(registry.provider(name))
    except ProviderError as known:
        error = known
        raise
    except Exception as unknown:
        log.error("provider_call_broke", provider=name, call=call, exc_info=unknown)
        error = ProviderUnreachable(f"{type(unknown).__name__} inside the call", code="unexpected")
        raise error from unknown
    finally:
        _keep(call, name, payment, error, round((time.perf_counter() - began) * 1000))


def problem_of(error: ProviderError) -> ProviderRefusal | ProviderUnavailable:
    """Return what a caller of ours is told of a failed call."""
    if isinstance(error, ProviderRefused):
        return ProviderRefusal(f"{error.detail} Change the request, or ask the provider's support.")
    return ProviderUnavailable()


def _keep(call: str, name: str, payment: Payment | None, error: ProviderError | None, milliseconds: int) -> None:
    outcomes = {type(None): "done", Declined: "declined", ProviderRefused: "refused"}
    ProviderCall.objects.create(
        provider=name,
        call=call,
        payment=payment,
        outcome=outcomes.get(type(error), "unreachable"),
        code=(error.code if error else "")[:80],
        error=(error.detail if error else "")[:300].replace("\0", ""),
        milliseconds=milliseconds,
        created_at=clock.now(),
    )
