"""Usage for operators: rates by version, what was used, budgets."""

from . import budgets, events, rates

__all__ = ["budgets", "events", "rates"]
