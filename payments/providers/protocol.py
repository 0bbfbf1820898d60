"""What the system asks of a provider: one protocol, so that every room above knows no provider by its name.

Each module beside this one implements `Provider` with one class, built from a `ProviderConfig`. A provider does no
database work and keeps no state. Every id that it gives is told as the provider writes it. Every network call has a
timeout and, where it moves money or makes an object, the provider's own idempotency key, made of the `key` it is given.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from .messages import (
    Checkout,
    CheckoutOrder,
    ConsentedCharge,
    Notice,
    RefundOrder,
    RefundState,
    Snapshot,
    SubscriptionOrder,
)


class ProviderError(Exception):
    """A call that gave no usable answer; `code` is the provider's word for it, without secrets or personal data."""

    def __init__(self, detail: str, *, code: str = "") -> None:
        self.detail, self.code = detail, code
        super().__init__(detail)


class ProviderUnreachable(ProviderError):
    """No answer, a server error, garbage, or 429: what happened is unknown; the same call may be sent again."""


class ProviderMisconfigured(ProviderUnreachable):
    """Our keys are not accepted: nothing was done, somebody must be told, and then the same call may be sent again."""


class ProviderRefused(ProviderError):
    """A definite no: nothing was done, and the same call would be refused again."""


class Declined(ProviderRefused):
    """The customer's bank or means of payment said no to a charge."""


class BadSignature(Exception):
    """A webhook that the provider did not sign with one of our secrets, for whatever reason; never tells which."""


class Provider(Protocol):
    name: str
    is_live: bool
    """Whether the configured keys move real money."""

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """Make the page on which the customer pays; the same `order.key` gives the same page again."""
        ...

    def fetch(self, checkout_id: str, known_ids: tuple[str, ...] = ()) -> Snapshot:
        """Return all that the provider knows of a checkout: every charge, with all its refunds and disputes.

        `known_ids` are ids that earlier snapshots and notices named for it (charges, orders, disputes), for what the
        provider cannot list by checkout. For a consented charge `checkout_id` is the id that its snapshot named.
        """
        ...

    def verify_webhook(self, body: bytes, headers: Mapping[str, str], at: datetime) -> str:
        """Return the event's id, or raise BadSignature: the signature is compared as bytes over the raw body.

        Header names are matched without case. No secret, a missing, doubled, foreign or malformed signature, a stamp
        too far from `at` (where the provider stamps) or a body that is not a JSON object raise the same.
        Where the id is not part of what is signed, it is joined with a digest of the body: a stranger who replays an
        old body under an id to come must not make us miss the event that will have it.
        """
        ...

    def read_event(self, body: bytes, event_id: str) -> Notice:
        """Read a body whose signature was verified; whatever it lacks or has of another type, this never raises."""
        ...

    def refund(self, order: RefundOrder) -> RefundState:
        """Give money back; the same `order.key` gives it back once. Raises ProviderRefused when it cannot be given."""
        ...

    def list_payments(self, since: datetime) -> Iterator[Snapshot]:
        """Give every checkout or charge made since then, page by page, one snapshot each with what a list tells."""
        ...

    def charge(self, order: ConsentedCharge) -> Snapshot:
        """Charge a stored means of payment without the customer; the same `order.key` charges once. Raises Declined."""
        ...

    def start_subscription(self, order: SubscriptionOrder) -> Checkout:
        """Make the page on which the customer agrees to a recurring charge, with plan or price made on the way."""
        ...

    def cancel_subscription(self, subscription_id: str, *, at_period_end: bool) -> None:
        """End a recurring charge now or with what is paid already; one that has ended is no error."""
        ...

    def portal_url(self, customer_id: str, return_url: str) -> str:
        """Return the provider's page on which a customer manages his means of payment; ProviderRefused if none."""
        ...
