"""What every worker remembers of users and keys, for at most 30 seconds.

So a request looks up no user, and a disabled user, a changed password or a revoked key is refused in time all the same.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError

from accounts.models import ApiKey, User
from accounts.recent import Recent
from accounts.services.api_keys import LAST_USE_PRECISION, note_use
from accounts.services.tokens import stamp_of

REMEMBERED_SECONDS = 30

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """What decides about a token of an active user; permissions only of operators."""

    stamp: str
    is_staff: bool
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class KeyIdentity:
    """What decides about a key that is not revoked."""

    secret_hash: bytes
    scope: str
    expires_at: datetime | None


def _load_user(user_id: UUID) -> UserIdentity | None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    permissions = frozenset(user.get_all_permissions()) if user.is_staff else frozenset()
    return UserIdentity(stamp_of(user), user.is_staff, permissions)


def _load_key(prefix: str) -> KeyIdentity | None:
    key = ApiKey.objects.usable().filter(prefix=prefix).first()
    return KeyIdentity(key.secret_hash.encode(), key.scope, key.expires_at) if key else None


def _note_use(prefix: str) -> bool:
    try:
        note_use(prefix=prefix)
    except DatabaseError:
        # A database that cannot be written to must not refuse a read.
        logger.warning("api_key.last_use_not_written", exc_info=True)
    return True


users = Recent(_load_user, seconds=REMEMBERED_SECONDS)
keys = Recent(_load_key, seconds=REMEMBERED_SECONDS)
noted_uses = Recent(_note_use, seconds=LAST_USE_PRECISION.total_seconds())


def forget_identities() -> None:
    """Look everyone up again at the next request to this process."""
    for memory in (users, keys, noted_uses):
        memory.clear()
