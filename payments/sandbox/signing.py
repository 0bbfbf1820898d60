"""How the sandbox signs: an HMAC-SHA256 of the stamp and the raw body, as Stripe does."""

import hashlib
import hmac
from datetime import datetime

HEADER = "Sandbox-Signature"


def sign(body: bytes, secret: str, at: datetime) -> str:
    """Return the value of the header for a body that is sent at an instant."""
    stamp = int(at.timestamp())
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={signature}"
