"""What is told to whom, and how far it came."""

from .deliveries import Delivery
from .endpoints import WebhookEndpoint
from .ledger_lines import LedgerEnd, LedgerLine
from .notices import Alarm, Notice, Preference

__all__ = ["Alarm", "Delivery", "LedgerEnd", "LedgerLine", "Notice", "Preference", "WebhookEndpoint"]
