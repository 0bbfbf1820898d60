"""A flat price for each call of a DRF view."""

from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from .metering.calls import Metering, Terms
from .metering.config import metering_settings
from .metering.payers import payer_of_view


class PaysPerCall(BasePermission):
    """Let a call in when its price can be set aside; the middleware captures it if the call succeeds.

    Name it in `permission_classes`, after the rule that says who may call; `pays("2.5")` makes one with that price.
    """

    price: ClassVar[Decimal] = Decimal(1)

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Hold the price. Raises NotAuthenticated, InsufficientCredits, WalletFrozen, BudgetExceeded."""
        settings = metering_settings()
        calls: list[Metering] | None = getattr(request._request, "metered_calls", None)
        if calls is None:
            raise ImproperlyConfigured("PaysPerCall needs usage.middleware.CreditMeteringMiddleware in MIDDLEWARE.")
        payer = payer_of_view(request, settings)
        operation = type(view).__name__[:64]
        terms = Terms(
            reference=payer.reference,
            api_key=payer.api_key,
            operation=operation,
            price=self.price,
            amount=self.price,
            basis="price",
        )
        metering = Metering(terms, settings)
        metering.place()
        calls.append(metering)
        return True


def pays(price: Decimal | str) -> type[PaysPerCall]:
    """Return the permission with another price, in credits."""
    return type("PaysThisPerCall", (PaysPerCall,), {"price": Decimal(price)})
