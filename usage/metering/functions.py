"""What is known of a call of a function that is @metered: who pays, and how much it may cost."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from .calls import Metering, Terms
from .config import metering_settings
from .payers import Payer, payer_of, payer_of_view
from .requests import round_up

Amount = Decimal | int | str
Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """The terms on which a function may be called."""

    function: Function
    amount: Decimal
    estimate: Amount | Callable[..., Decimal]
    wallet: str | Callable[..., str] | None
    operation: str

    def begin(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Metering:
        """Hold for a call with these arguments. Raises NotAuthenticated, InsufficientCredits …"""
        payer = self._payer(args, kwargs)
        estimate = self.estimate(*args, **kwargs) if callable(self.estimate) else Decimal(self.estimate)
        terms = Terms(
            reference=payer.reference,
            api_key=payer.api_key,
            operation=self.operation,
            price=self.amount,
            amount=round_up(self.amount + estimate),
            basis="estimate" if estimate else "price",
        )
        metering = Metering(terms, metering_settings())
        metering.place()
        return metering

    def _payer(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Payer:
        if callable(self.wallet):
            return Payer(self.wallet(*args, **kwargs))
        if self.wallet is not None:
            bound = inspect.signature(self.function).bind(*args, **kwargs)
            bound.apply_defaults()
            return Payer(str(bound.arguments[self.wallet]))
        request = request_among(args)
        if request is None:
            raise TypeError(f"{self.function.__qualname__} gets no request; say @metered(wallet=...) who pays.")
        if isinstance(request, Request):
            return payer_of_view(request, metering_settings())
        return payer_of(request, metering_settings())


def request_among(args: tuple[Any, ...]) -> HttpRequest | Request | None:
    """Return the request that a view gets, as a function's first argument or a method's second."""
    return next((value for value in args[:2] if isinstance(value, HttpRequest | Request)), None)
