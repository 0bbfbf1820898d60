"""The ledger's admin pages: everything is looked at here, and changed only by operations with a reason."""

from . import entries, grants, wallets

__all__ = ["entries", "grants", "wallets"]
