"""The rows of the authorization matrix, and what they are about, of each room above the ledger."""

from . import notifications, payments, promos, subscriptions, usage

ROOMS = (usage, promos, payments, subscriptions, notifications)
