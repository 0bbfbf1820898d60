"""API keys: made once, shown once, and known afterwards by their hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import ApiKey, Scope
from core.clock import now

PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
PREFIX_LENGTH = 10
LAST_USE_PRECISION = timedelta(minutes=1)


@dataclass(frozen=True)
class NewApiKey:
    """A key that was just made: `secret` is the text to hand over, and is kept nowhere."""

    key: ApiKey
    secret: str


def create_api_key(*, name: str, scope: Scope, created_by: str, expires_at: datetime | None = None) -> NewApiKey:
    """Make an API key `sk_<prefix>_<secret>`; the secret has 256 bits, so an unsalted hash is enough."""
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(PREFIX_LENGTH))
    secret = f"sk_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_hash=hash_secret(secret),
        scope=scope,
        created_by=created_by,
        expires_at=expires_at,
    )
    return NewApiKey(key, secret)


def revoke_api_key(*, key: ApiKey) -> ApiKey:
    """Make a key useless from now on; every process hears of it within 30 seconds."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now())
    key.refresh_from_db()
    return key


def note_use(*, prefix: str) -> None:
    """Write when a key was last used, at most once a minute whatever the number of processes."""
    at = now()
    unused_since = Q(last_used_at=None) | Q(last_used_at__lte=at - LAST_USE_PRECISION)
    ApiKey.objects.filter(unused_since, prefix=prefix).update(last_used_at=at)


def hash_secret(secret: str) -> str:
    """Return what is stored of a key: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
