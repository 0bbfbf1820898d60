"""API keys: made once, shown once, and known afterwards by their hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import ApiKey
from accounts.services.audit import Origin, record_action
from core.clock import now

PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
PREFIX_LENGTH = 10
LAST_USE_PRECISION = timedelta(minutes=1)


@dataclass(frozen=True)
class NewApiKey:
    """A key that was just made: `secret` is the text to hand over, and is kept nowhere."""

    key: ApiKey
    secret: str


@transaction.atomic
def create_api_key(*, name: str, scope: str, origin: Origin, expires_at: datetime | None = None) -> NewApiKey:
    """Make an API key `sk_<prefix>_<secret>`; the secret has 256 bits, so an unsalted hash is enough."""
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(PREFIX_LENGTH))
    secret = f"sk_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_hash=hash_secret(secret),
        scope=scope,
        created_by=origin.actor,
        expires_at=expires_at,
    )
    after = {"name": name, "prefix": prefix, "scope": scope, "expires_at": expires_at and expires_at.isoformat()}
    record_action(origin=origin, action="api_key.create", target_type="api_key", target_id=key.pk, after=after)
    return NewApiKey(key, secret)


@transaction.atomic
def revoke_api_key(*, key: ApiKey, origin: Origin, reason: str = "") -> ApiKey:
    """Make a key useless for good; every process hears of it within 30 seconds."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now()):
        record_action(origin=origin, action="api_key.revoke", target_type="api_key", target_id=key.pk, reason=reason)
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
