"""The admin pages of promos: codes are made and changed through the services, batches generated and revoked."""

from . import batches, codes, redemptions

__all__ = ["batches", "codes", "redemptions"]
