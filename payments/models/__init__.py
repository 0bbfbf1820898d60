from .auto_top_ups import AutoTopUp
from .disputes import Dispute
from .effects import Effect
from .packs import CreditPack, PackPrice
from .payments import Payment
from .provider_calls import ProviderCall
from .provider_events import ProviderEvent
from .provider_health import ProviderHealth
from .provider_ids import ProviderId
from .receipts import Receipt, ReceiptCounter
from .recurring_charges import RecurringCharge
from .refunds import Refund
from .sandbox import SandboxCheckout, SandboxWebhook
from .stored_methods import StoredMethod

__all__ = [
    "AutoTopUp",
    "CreditPack",
    "Dispute",
    "Effect",
    "PackPrice",
    "Payment",
    "ProviderCall",
    "ProviderEvent",
    "ProviderHealth",
    "ProviderId",
    "Receipt",
    "ReceiptCounter",
    "RecurringCharge",
    "Refund",
    "SandboxCheckout",
    "SandboxWebhook",
    "StoredMethod",
]
