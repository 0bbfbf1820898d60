"""Secrets that we must be able to read again, sealed with the installation's key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class SealBroken(Exception):
    """A sealed text cannot be opened with the keys of this installation."""


def seal(text: str) -> str:
    """Return a text that only this installation can read."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed, also under a former key of SECRET_KEY_FALLBACKS; raises SealBroken."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken("It was sealed with a SECRET_KEY that is gone: rotate the endpoint's secret.") from None


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"notifications.sealing:" + force_bytes(secret)).digest())
