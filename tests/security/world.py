"""Two customers, what one of them has, and everyone who may ask about it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.services.tokens import issue_tokens
from core.amounts import from_micros
from credits import services
from credits.selectors import refresh_wallet
from credits.services import Origin
from tests.credits.api import callers
from tests.credits.api.callers import PASSWORD, Caller
from tests.security.rooms import ROOMS


class World:
    """Objects of customer A: a wallet with debt, an entry to reverse, and an own hold."""

    def __init__(self) -> None:
        self.own, self.other = callers.customer("a@example.com"), callers.customer("b@example.com")
        self.user = User.objects.get(email="a@example.com")
        self.reference = self.own.reference
        self._grant("100", "promotion")
        self.entry = services.consume(reference=self.reference, amount=Decimal(5)).entry.id
        customer = Origin("customer", self.reference)
        self.hold = services.place_hold(reference=self.reference, amount=Decimal(10), origin=customer).entry.hold
        self.key = callers.service("read")
        self.key_id = str(ApiKey.objects.latest("created_at").pk)
        self.of_rooms = {name: value for room in ROOMS for name, value in room.arguments(self).items()}
        # Last, because what rooms grant repays debt.
        self._owe()
        self.grant = self._grant("5", "promotion")

    def _grant(self, amount: str, source: str) -> str:
        posted = services.issue_grant(reference=self.reference, amount=Decimal(amount), source=source)
        return str(posted.entry.grant)

    def freeze(self) -> None:
        services.freeze(reference=self.reference, reason="test")

    def _owe(self) -> None:
        grant = self._grant("7", "purchase")
        services.consume(reference=self.reference, amount=from_micros(refresh_wallet(self.reference).available))
        services.claw_back(grant=grant, amount=Decimal(7), reason="test")

    def arguments(self) -> dict[str, str]:
        """Return the values for the path of any route."""
        return {
            "reference": self.reference,
            "grant_id": self.grant,
            "hold_id": str(self.hold),
            "entry_id": self.entry,
            "key_id": self.key_id,
            "subject": "wallet",
            **self.of_rooms,
        }


def everyone(world: World) -> list[tuple[str, str, Caller]]:
    """Return each caller with the name and the column of the table."""
    return [
        ("nobody", "none", Caller(None)),
        ("expired token", "none", Caller(f"Bearer {_token(world.user, exp=timezone.now() - timedelta(seconds=1))}")),
        ("forged token", "none", Caller(f"Bearer {_token(world.user, secret='x' * 64)}")),
        ("unsigned token", "none", Caller(f"Bearer {_token(world.user, secret='', algorithm='none')}")),
        ("disabled user", "none", _disabled()),
        ("revoked key", "none", _key(revoked_at=timezone.now())),
        ("expired key", "none", _key(expires_at=timezone.now() - timedelta(seconds=1))),
        ("unknown key", "none", Caller("Api-Key sk_abcdefghij_" + "x" * 43)),
        ("other scheme", "none", Caller("Basic YWRtaW46YWRtaW4=")),
        ("customer", "own", world.own),
        ("other customer", "other", world.other),
        *((f"key {scope}", scope, callers.service(scope)) for scope in ("read", "spend", "grant", "admin")),
        *((f"operator {role}", role, callers.operator(role)) for role in ("Support", "Finance", "Admin")),
    ]


def _token(user: User, *, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    real = jwt.decode(issue_tokens(user).access, options={"verify_signature": False})
    key = settings.SECRET_KEY if secret is None else secret
    return jwt.encode({**real, **claims}, key or None, algorithm=algorithm)


def _disabled() -> Caller:
    user = User.objects.create_user("disabled@example.com", PASSWORD)
    token = issue_tokens(user).access
    User.objects.filter(pk=user.pk).update(is_active=False)
    return Caller(f"Bearer {token}")


def _key(**changes: Any) -> Caller:
    caller = callers.service("admin")
    ApiKey.objects.filter(pk=ApiKey.objects.latest("created_at").pk).update(**changes)
    return caller


Body = Callable[[World], dict[str, Any]]

REASON: Body = lambda world: {"reason": "test"}  # noqa: E731  a table of bodies
BODIES: dict[tuple[str, str], Body] = {
    ("POST", "auth/register"): lambda world: {"email": f"{uuid4()}@example.com", "password": PASSWORD},
    ("POST", "auth/token"): lambda world: {"email": "a@example.com", "password": PASSWORD},
    ("POST", "auth/token/refresh"): lambda world: {"refresh": issue_tokens(world.user).refresh},
    ("POST", "auth/logout"): lambda world: {"refresh": issue_tokens(world.user).refresh},
    ("PATCH", "me"): lambda world: {"name": "A"},
    ("POST", "api-keys"): lambda world: {"name": "k", "scope": "read"},
    ("POST", "wallets"): lambda world: {"reference": "new"},
    ("PATCH", "wallets/<str:reference>"): lambda world: {"time_zone": "UTC"},
    ("POST", "wallets/<str:reference>/freeze"): REASON,
    ("POST", "wallets/<str:reference>/unfreeze"): REASON,
    ("POST", "wallets/<str:reference>/reset"): REASON,
    ("POST", "wallets/<str:reference>/forgive-debt"): REASON,
    ("POST", "wallets/<str:reference>/adjust"): lambda world: {"amount": "1", "reason": "test"},
    ("POST", "wallets/<str:reference>/grants"): lambda world: {"amount": "1"},
    ("POST", "wallets/<str:reference>/consume"): lambda world: {"amount": "1"},
    ("POST", "wallets/<str:reference>/holds"): lambda world: {"amount": "1"},
    ("POST", "consumptions"): lambda world: {"items": [{"reference": world.reference, "amount": "1"}]},
    ("POST", "grants/<uuid:grant_id>/void"): REASON,
    ("POST", "holds/<uuid:hold_id>/extend"): lambda world: {"amount": "1"},
    ("POST", "entries/<uuid:entry_id>/reverse"): REASON,
    ("POST", "transfers"): lambda world: {
        "source": world.reference,
        "target": world.other.reference,
        "amount": "1",
    },
    ("PUT", "schemas/<str:subject>"): lambda world: {"schema": {"type": "object"}},
    ("POST", "test-clock"): lambda world: {"now": None},
    **{route: body for room in ROOMS for route, body in room.BODIES.items()},
}
# What must hold before the call can succeed.
BEFORE: dict[tuple[str, str], Callable[[World], None]] = {
    ("POST", "wallets/<str:reference>/unfreeze"): World.freeze,
    **{route: prepare for room in ROOMS for route, prepare in room.BEFORE.items()},
}
