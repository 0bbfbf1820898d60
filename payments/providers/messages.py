"""What is said to a provider and what it says, in our words: money in minor units, currencies in upper case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ChargeStatus = Literal["pending", "failed", "captured"]
RefundStatus = Literal["pending", "succeeded", "failed"]
DisputeStatus = Literal["inquiry", "open", "lost", "won"]
Interval = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOrder:
    """`key` is our payment's id: the provider's idempotency key, and the reference that it repeats to us.

    `keeps_method` asks for consent to charge the same means of payment later, for `customer_id` if it is known.
    """

    key: str
    amount_minor: int
    currency: str
    title: str
    return_url: str
    email: str = ""
    customer_id: str = ""
    keeps_method: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    id: str
    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """`key` is our refund's id; `charge_id` the id of the charge that a snapshot named."""

    key: str
    charge_id: str
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentedCharge:
    """A charge of the means that `customer_id` and `method_id` name, as a snapshot told them; `key` is our payment."""

    key: str
    amount_minor: int
    currency: str
    title: str
    customer_id: str
    method_id: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionOrder:
    """`key` is our subscription's id, which every notice of its charges repeats as `reference`."""

    key: str
    amount_minor: int
    currency: str
    interval: Interval
    interval_count: int
    title: str
    return_url: str
    email: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """A refund at the provider; `reference` is our refund's id, empty for one that was made at the provider itself."""

    id: str
    amount_minor: int
    status: RefundStatus
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeState:
    """A dispute; an `inquiry` moves no money, `open` and `lost` have withdrawn it, `won` has given it back."""

    id: str
    amount_minor: int
    status: DisputeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money on its way: `id` is the provider's payment id, under which it is credited once.

    `aliases` are further ids by which other events name the same money. `refunded_minor` is the provider's cumulative
    total; `refunds` and `disputes` are those that the source names, not always all. `customer_id` and `method_id`
    are there when the means of payment may be charged again.
    """

    id: str
    status: ChargeStatus
    amount_minor: int
    currency: str
    aliases: tuple[str, ...] = ()
    refunded_minor: int = 0
    refunds: tuple[RefundState, ...] = ()
    disputes: tuple[DisputeState, ...] = ()
    customer_id: str = ""
    method_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the provider says of one checkout. Every member only adds: what a source does not tell is left empty.

    `reference` is our payment's id as the provider repeats it from where we put it. `ended` is how the checkout
    closed without money; charges count nevertheless. `is_full` is set by `fetch`, which names every refund.
    """

    checkout_id: str
    reference: str
    is_live: bool
    ended: Literal["", "expired", "cancelled"] = ""
    charges: tuple[Charge, ...] = ()
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionNews:
    """What happened to a recurring charge. `charge_key` is unique per charged period (invoice and line, payment id).

    `reference` is our subscription's id. Period bounds are the provider's, half-open, and may be missing.
    """

    kind: Literal["started", "charged", "failed", "cancelled"]
    subscription_id: str
    reference: str = ""
    charge_key: str = ""
    charge_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    customer_id: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A verified webhook. `ids` are all provider ids in it that may name a checkout or its money.

    `reference` is our payment's id where the event repeats it from a place that only we fill. `hint` is one from
    metadata or notes: it tells which payment to ask the provider about, and is believed for nothing else.
    Without a `snapshot` the event says too little by itself, and the provider is asked. An event that is none of our
    business has no ids, reference, snapshot or subscription. `problem` says why an event must not be acted on.
    """

    event_id: str
    type: str
    occurred_at: datetime | None
    is_live: bool
    ids: tuple[str, ...] = ()
    reference: str = ""
    hint: str = ""
    snapshot: Snapshot | None = None
    subscription: SubscriptionNews | None = None
    problem: str = ""
