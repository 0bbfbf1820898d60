"""JSON Web Tokens: short-lived access tokens, and refresh tokens that each work once."""

import uuid
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken
from rest_framework_simplejwt.tokens import RefreshToken as BaseRefreshToken
from rest_framework_simplejwt.utils import datetime_from_epoch

from accounts.exceptions import TokenInvalid
from accounts.models import User


class RefreshToken(BaseRefreshToken):
    def check_blacklist(self) -> None:
        """Look nothing up: the unique row of a spent token decides, also between two who come at once."""


@dataclass(frozen=True)
class Claims:
    """What our tokens say: whose they are, whether the user was an operator, and the authentication stamp."""

    sub: str
    staff: bool
    stamp: str

    @property
    def user_id(self) -> uuid.UUID:
        return uuid.UUID(self.sub)


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


def stamp_of(user: User) -> str:
    """Return the part of a user's authentication stamp that a token carries: 96 bits."""
    return user.get_session_auth_hash()[:24]


def issue_tokens(user: User) -> TokenPair:
    """Make a pair of tokens; the refresh token's id is kept so that it can be revoked, and never its text."""
    refresh = RefreshToken()
    for name, value in asdict(Claims(str(user.pk), user.is_staff, stamp_of(user))).items():
        refresh[name] = value
    OutstandingToken.objects.create(
        user=user,
        jti=refresh["jti"],
        token="",
        created_at=refresh.current_time,
        expires_at=datetime_from_epoch(refresh["exp"]),
    )
    return TokenPair(access=str(refresh.access_token), refresh=str(refresh))


def read_access_token(raw: bytes) -> Claims:
    """Return the claims of an access token. Raises TokenInvalid."""
    try:
        return _claims(AccessToken(raw))  # type: ignore[arg-type]  # simplejwt takes the encoded token
    except TokenError:
        raise TokenInvalid from None


@transaction.atomic
def refresh_tokens(raw: str) -> TokenPair:
    """Spend a refresh token and issue a new pair. Raises TokenInvalid, also for all but one of concurrent callers."""
    token = _read_refresh_token(raw)
    claims = _claims(token)
    _spend(token)
    user = User.objects.filter(pk=claims.user_id, is_active=True).first()
    if user is None or stamp_of(user) != claims.stamp:
        raise TokenInvalid
    return issue_tokens(user)


def revoke_refresh_token(raw: str) -> None:
    """Make a refresh token useless; one that was spent already stays so. Raises TokenInvalid if it is not ours."""
    BlacklistedToken.objects.get_or_create(token=_outstanding(_read_refresh_token(raw)))


def _read_refresh_token(raw: str) -> RefreshToken:
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]  # simplejwt takes the encoded token
    except TokenError:
        raise TokenInvalid from None


def _outstanding(token: RefreshToken) -> OutstandingToken:
    found = OutstandingToken.objects.filter(jti=token["jti"]).first()
    if found is None:
        raise TokenInvalid
    return found


def _spend(token: RefreshToken) -> None:
    try:
        with transaction.atomic():
            BlacklistedToken.objects.create(token=_outstanding(token))
    except IntegrityError:
        raise TokenInvalid from None


def _claims(token: AccessToken | RefreshToken) -> Claims:
    sub, staff, stamp = (token.get(name) for name in ("sub", "staff", "stamp"))
    if not (isinstance(sub, str) and isinstance(staff, bool) and isinstance(stamp, str)):
        raise TokenInvalid
    try:
        return Claims(str(uuid.UUID(sub)), staff, stamp)
    except ValueError:
        raise TokenInvalid from None
