"""Who sent a webhook: HMAC-SHA256 over the raw body, compared as bytes, whatever a header may hold."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from core.strict_json import strict_loads

from .protocol import BadSignature


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header, named in any case, "" if it is missing or there more than once."""
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    return found[0] if len(found) == 1 else ""


def check(message: bytes, signatures: Sequence[str], secrets: Sequence[str]) -> None:
    """Raise BadSignature unless one of the secrets signs the message so; a blank secret signs nothing."""
    given = [signature.encode("utf-8", "replace") for signature in signatures]
    matches = [
        hmac.compare_digest(_signature(secret, message), signature)
        for secret in secrets
        if secret.strip()
        for signature in given
    ]
    if not any(matches):
        raise BadSignature


def read_object(body: bytes) -> Mapping[str, object]:
    """Return the JSON object that was signed; raise BadSignature for anything else."""
    try:
        found = strict_loads(body)
    except ValueError:
        raise BadSignature from None
    if not isinstance(found, dict):
        raise BadSignature
    return found


def _signature(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode()
