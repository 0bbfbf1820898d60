"""POST /auth/…: registration and tokens."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import openapi
from accounts.api.serializers import (
    LoginSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    TokenPairSerializer,
    UserSerializer,
)
from accounts.exceptions import CredentialsInvalid, EmailTaken, TokenInvalid, TooManyAttempts
from accounts.login_limits import count_registration, login_limits
from accounts.services.logins import log_in
from accounts.services.tokens import refresh_tokens, revoke_refresh_token
from accounts.services.users import register_user
from core.api.bodies import read_body
from core.api.lean import LeanView
from core.api.limits import headers_of
from core.api.openapi import LIMITS


class OpenView(LeanView):
    """A call without credentials; any that come along are not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class RegisterView(OpenView):
    @extend_schema(
        **openapi.operation(
            "register",
            body=RegistrationSerializer,
            answers={201: UserSerializer},
            refusals=(EmailTaken(), TooManyAttempts(limits=openapi.REGISTRATIONS)),
            asks={"email": "ada@example.com", "password": "tide-lantern-42", "name": "Ada"},
            shows=openapi.USER,
            parameters=LIMITS,
        )
    )
    def post(self, request: Request) -> Response:
        """Register a user and open the wallet `user:<id>`."""
        self.headers |= headers_of(*count_registration(request._request))
        body = read_body(request, RegistrationSerializer)
        user = register_user(**body)
        return Response(UserSerializer(user).data, status=201)


class TokenView(OpenView):
    @extend_schema(
        **openapi.operation(
            "token_create",
            body=LoginSerializer,
            answers={200: TokenPairSerializer},
            refusals=(CredentialsInvalid(), TooManyAttempts(limits=openapi.FAILED_LOGINS)),
            asks={"email": "ada@example.com", "password": "tide-lantern-42"},
            shows=openapi.TOKENS,
            parameters=LIMITS,
        )
    )
    def post(self, request: Request) -> Response:
        """Log in: an access token for some minutes, and a refresh token that works once."""
        body = read_body(request, LoginSerializer)
        try:
            tokens = log_in(request=request._request, **body)
        finally:
            self.headers |= headers_of(*login_limits(request._request, body))
        return Response(asdict(tokens))


class RefreshView(OpenView):
    @extend_schema(
        **openapi.operation(
            "token_refresh",
            body=RefreshSerializer,
            answers={200: TokenPairSerializer},
            refusals=(TokenInvalid(),),
            asks={"refresh": openapi.TOKENS["refresh"]},
            shows=openapi.TOKENS,
        )
    )
    def post(self, request: Request) -> Response:
        """Spend a refresh token and get a new pair."""
        body = read_body(request, RefreshSerializer)
        return Response(asdict(refresh_tokens(body["refresh"])))


class LogoutView(OpenView):
    @extend_schema(
        **openapi.operation(
            "logout",
            body=RefreshSerializer,
            answers={204: None},
            refusals=(TokenInvalid(),),
            asks={"refresh": openapi.TOKENS["refresh"]},
        )
    )
    def post(self, request: Request) -> Response:
        """Make a refresh token useless; access tokens made of it end within minutes."""
        body = read_body(request, RefreshSerializer)
        revoke_refresh_token(body["refresh"])
        return Response(status=204)
