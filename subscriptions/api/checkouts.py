"""The page on which what a call left to be paid is paid, in the answer of that call."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from ..services.billing import check_provider, open_checkout_of
from ..services.cycles import PayingAt

View = Callable[..., Response]


def paying_at(body: dict[str, Any]) -> PayingAt:
    """Take the members out of a body that say how one wants to pay; raises ProviderUnknown."""
    wish = PayingAt(body.pop("provider", ""), body.pop("return_url", ""))
    check_provider(wish.provider)
    return wish


def with_checkout(write: View) -> View:
    """Open the page after a call is committed, and show it, to a repetition too; null if the provider is too slow.

    It stands outside of every transaction of the call. Beat opens what stayed null.
    """

    @wraps(write)
    def answer(view: Any, request: Request, *args: Any, **path: Any) -> Response:
        response = write(view, request, *args, **path)
        data: Any = response.data
        charge = data.get("subscription", data).get("charge")
        is_preview = isinstance(request.data, Mapping) and request.data.get("preview")
        if charge is not None and charge["checkout_url"] is None and not is_preview:
            charge["checkout_url"] = open_checkout_of(charge=UUID(charge["id"])) or None
        return response

    return answer
