"""Who pays for a request: the wallet, and the API key for its budgets."""

from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.authentication import ApiKeyAuthentication, JWTAuthentication
from accounts.callers import Caller
from core.exceptions import NotAuthenticated, ValidationFailed
from credits.models.wallets import validate_reference

from .config import MeteringSettings

SCHEMES = (JWTAuthentication(), ApiKeyAuthentication())
KEY_PREFIX = "key:"


class Payer(NamedTuple):
    reference: str
    api_key: str = ""


def payer_of(request: HttpRequest, settings: MeteringSettings) -> Payer:
    """Return who pays: by the setting's function, the trusted header, the credentials, or the session's user.

    A user pays from `user:<uuid>`, an API key from the wallet `key:<prefix>`. Raises NotAuthenticated.
    """
    if settings.wallet is not None:
        return Payer(_required(settings.wallet(request)))
    if settings.wallet_header:
        return Payer(_required(request.headers.get(settings.wallet_header)))
    caller = _caller_of(request)
    if caller is not None:
        return _payer_for(caller)
    user: Any = getattr(request, "user", None)
    return Payer(_required(f"user:{user.pk}" if user is not None and user.is_authenticated else None))


def payer_of_view(request: Request, settings: MeteringSettings) -> Payer:
    """Return who pays for a call of a DRF view, which may know its caller already. Raises NotAuthenticated."""
    auth: object = request.auth
    return _payer_for(auth) if isinstance(auth, Caller) else payer_of(request._request, settings)


def _payer_for(caller: Caller) -> Payer:
    is_key = caller.actor.startswith(KEY_PREFIX)
    return Payer(caller.reference or caller.actor, caller.actor if is_key else "")


def _caller_of(request: HttpRequest) -> Caller | None:
    for scheme in SCHEMES:
        if found := scheme.authenticate(cast(Request, request)):
            return found[0]
    return None


def _required(reference: str | None) -> str:
    if not reference:
        problem = NotAuthenticated()
        problem.headers["WWW-Authenticate"] = "Bearer"
        raise problem
    try:
        validate_reference(reference)
    except ValidationError as error:
        raise ValidationFailed([("reference", str(error.message))]) from None
    return reference
