"""The operators' pages of payments."""

from . import packs, payments, providers, standing

__all__ = ["packs", "payments", "providers", "standing"]
