"""Ask the provider how a payment stands."""

from core import clock

from ..models import Payment
from ..providers.messages import Snapshot
from ..providers.protocol import ProviderError
from .checkouts import open_checkout
from .consented import ask_charge
from .provider_calls import ask
from .truths import apply_truth


def refresh_payment(*, payment: Payment) -> Payment:
    """Bring a payment to what the provider says now; raise ProviderError."""
    return apply_truth(payment=payment, snapshot=fetch_snapshot(payment=payment))


def try_refresh(*, payment: Payment) -> Payment:
    """Do the same for somebody who waits: without an answer the payment stays as it is, until a webhook comes."""
    try:
        return refresh_payment(payment=payment)
    except ProviderError:
        return payment


def fetch_snapshot(*, payment: Payment, also: tuple[str, ...] = ()) -> Snapshot:
    """Return all that the provider knows of a payment; raise ProviderError.

    `also` are ids that a notice names: a dispute may be there that the provider cannot list.
    A payment whose provider id was lost in a crash gets it again first: our key makes the provider answer the same.
    """
    root = payment.first or payment
    Payment.objects.filter(pk=root.pk).update(checked_at=clock.now())
    if root.checkout_id is None and root.purpose == "top_up":
        return ask_charge(payment=root)
    if root.checkout_id is None:
        root = open_checkout(payment=root)
    checkout_id, known = str(root.checkout_id), (*root.provider_ids.values_list("value", flat=True), *also)
    return ask("fetch", root.provider, lambda to: to.fetch(checkout_id, known), payment=root)
