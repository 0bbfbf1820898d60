"""Checkpoints: where the chain of every wallet ended at a moment, signed, so that a tail that is cut later is missed.

A checkpoint file has a line for each wallet, `{"head": [reference, sequence, hash]}`, and a last one, `{"checkpoint":
{...}}`, whose Ed25519 signature (RFC 8032) covers a digest of those lines. `examples/verify_export.py` reads it.
"""

import json
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from .engine.chain import canonical, stamp

VERSION = 1

Head = tuple[str, int, str]
"""A wallet's reference, the number of its last entry and that entry's hash."""

Checkpoint = dict[str, str | int]


class HeadDigest:
    """The SHA-256 of the heads of all wallets, one after the other."""

    def __init__(self) -> None:
        self._digest = sha256()
        self._wallets = self._entries = 0

    def add(self, head: Head) -> str:
        """Take in a head and return its line."""
        line = canonical({"head": list(head)})
        self._digest.update(f"{line}\n".encode())
        self._wallets += 1
        self._entries += head[1]
        return line

    def sign(self, at: datetime) -> Checkpoint:
        """Return the signed checkpoint of the heads."""
        key = _signing_key()
        signed: Checkpoint = {
            "version": VERSION,
            "at": stamp(at).replace("+00:00", "Z"),
            "wallets": self._wallets,
            "entries": self._entries,
            "digest": self.hexdigest(),
            "public_key": public_key(),
        }
        return {**signed, "signature": key.sign(_document(signed)).hex()}

    def hexdigest(self) -> str:
        """Return the digest of the heads taken in so far."""
        return self._digest.hexdigest()


def public_key() -> str:
    """Return the key that verifies this installation's checkpoints, in hexadecimal."""
    return _signing_key().public_key().public_bytes_raw().hex()


def is_ours(checkpoint: Checkpoint) -> bool:
    """Tell whether a checkpoint was signed by this installation, and not changed since."""
    signed = {name: value for name, value in checkpoint.items() if name != "signature"}
    try:
        signature = bytes.fromhex(str(checkpoint["signature"]))
        _signing_key().public_key().verify(signature, _document(signed))
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True


def _document(signed: Checkpoint) -> bytes:
    return json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()


def _signing_key() -> Ed25519PrivateKey:
    """Return the key that the setting's random text stands for."""
    secret: str = settings.LEDGER_SIGNING_KEY
    return Ed25519PrivateKey.from_private_bytes(sha256(secret.encode()).digest())
