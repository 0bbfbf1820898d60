"""Questions to the ledger that combine models."""

from .identities import reference_of_entry, reference_of_grant, reference_of_hold

__all__ = ["reference_of_entry", "reference_of_grant", "reference_of_hold"]
