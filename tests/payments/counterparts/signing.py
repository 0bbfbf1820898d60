"""How each provider signs what it sends, from their documents; nothing of our verification is used here."""

import hashlib
import hmac

from .counterpart import Told


def stripe_headers(told: Told, secrets: list[str], at: int) -> dict[str, str]:
    """Sign `t.body` with each secret that is valid, as while a secret is rotated."""
    signed = f"{at}.".encode() + told.body
    signatures = "".join(f",v1={_hex(secret, signed)}" for secret in secrets)
    return {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": f"t={at}{signatures}"}


def razorpay_headers(told: Told, secrets: list[str], at: int) -> dict[str, str]:
    """Sign the body alone with the secret that was valid when it happened; the id stands beside it, unsigned."""
    return {
        "Content-Type": "application/json",
        "X-Razorpay-Signature": _hex(secrets[0], told.body),
        "X-Razorpay-Event-Id": told.id,
    }


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


HEADERS = {"stripe": stripe_headers, "razorpay": razorpay_headers}
