"""The admin pages of this room: plans with versions, subscriptions with their timeline, allowances with a dry run."""

from . import allowances, plans, subscriptions

__all__ = ["allowances", "plans", "subscriptions"]
