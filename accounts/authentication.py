"""How a request says who calls: an access token of a user, or an API key of a service."""

import hmac

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts import identities
from accounts.callers import Caller, expand_scope
from accounts.exceptions import ApiKeyInvalid, TokenInvalid
from accounts.services.api_keys import hash_secret
from accounts.services.tokens import Claims, read_access_token
from core.clock import now


class SchemeAuthentication(BaseAuthentication):
    """Authenticate by the header `Authorization: <scheme> <credentials>`; `request.auth` is the Caller."""

    scheme: str

    def authenticate(self, request: Request) -> tuple[Caller, Caller] | None:
        """Return the caller; None when the header has another scheme. Raises AuthenticationFailed."""
        scheme, _, credentials = get_authorization_header(request).partition(b" ")
        if scheme.lower() != self.scheme.lower().encode():
            return None
        caller = self.caller(credentials.strip())
        return caller, caller

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401 (RFC 9110)."""
        return self.scheme

    def caller(self, credentials: bytes) -> Caller:
        """Return the caller whose credentials these are. Raises AuthenticationFailed."""
        raise NotImplementedError


class JWTAuthentication(SchemeAuthentication):
    """A customer, or an operator: a user who was staff when the token was made and still is."""

    scheme = "Bearer"

    def caller(self, credentials: bytes) -> Caller:
        claims = read_access_token(credentials)
        user = self._identity(claims)
        if user is None or not _agree(claims, user):
            raise TokenInvalid
        actor = f"user:{claims.sub}"
        if claims.staff:
            return Caller("operator", actor, permissions=user.permissions, user_id=claims.user_id)
        return Caller("customer", actor, reference=actor, user_id=claims.user_id)

    def _identity(self, claims: Claims) -> identities.UserIdentity | None:
        user = identities.users.get(claims.user_id)
        if user is not None and not _agree(claims, user):
            # A token that is newer than what we remember is good; an older one costs a look at the user.
            return identities.users.reload(claims.user_id)
        return user


def _agree(claims: Claims, user: identities.UserIdentity) -> bool:
    same_stamp = hmac.compare_digest(claims.stamp.encode(), user.stamp.encode())
    return same_stamp and (user.is_staff or not claims.staff)


class ApiKeyAuthentication(SchemeAuthentication):
    """A service with one of the scopes."""

    scheme = "Api-Key"

    def caller(self, credentials: bytes) -> Caller:
        prefix, secret_hash = _parts(credentials)
        key = identities.keys.get(prefix)
        if key is None or not hmac.compare_digest(key.secret_hash, secret_hash):
            raise ApiKeyInvalid
        if key.expires_at is not None and key.expires_at <= now():
            raise ApiKeyInvalid
        identities.noted_uses.get(prefix)
        return Caller("service", f"key:{prefix}", scopes=expand_scope(key.scope))


def _parts(credentials: bytes) -> tuple[str, bytes]:
    try:
        text = credentials.decode("ascii")
    except UnicodeDecodeError:
        raise ApiKeyInvalid from None
    label, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if label != "sk" or not prefix or not secret or len(prefix) > 16:
        raise ApiKeyInvalid
    return prefix, hash_secret(text).encode()
