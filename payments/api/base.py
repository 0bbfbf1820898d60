"""What the views of payments share: who may, which wallet is meant, and which payment."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from accounts.permissions import caller_of, requires
from accounts.services import audit
from core.exceptions import ValidationFailed
from credits.exceptions import WalletNotFound

from ..exceptions import PaymentNotFound
from ..models import Payment

READ_OWN = requires(scope="read", perm="payments.view_payment", own=True)
ORDER = requires(scope="admin", perm="credits.administer_ledger", own=True)
REFUND = requires(scope="admin", perm="payments.refund_payment")
# A standing order is the customer's own word, which a service with scope admin may pass on; operators give none.
STANDING_ORDER = requires(scope="admin", own=True)


def wallet_of(request: Request, named: str | None) -> str:
    """Return the wallet that a call is about: a customer's own, or the one that is named; raises ValidationFailed."""
    caller = caller_of(request)
    if named is None and caller.reference is None:
        raise ValidationFailed([("reference", "Name the wallet.")])
    return caller.own(named or str(caller.reference), WalletNotFound())


def filter_of(request: Request, filters: dict[str, Any]) -> dict[str, Any]:
    """Return the conditions of a list: a customer sees what is his, whoever else what he names."""
    reference, caller = filters.pop("reference", None), caller_of(request)
    if caller.principal == "customer" or reference is not None:
        filters["wallet__reference"] = wallet_of(request, reference)
    return filters


def payment_of(request: Request, payment_id: UUID) -> Payment:
    """Return a payment that the caller may see; raises PaymentNotFound."""
    payment = Payment.objects.select_related("wallet", "pack").filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound
    caller_of(request).own(payment.wallet.reference, PaymentNotFound())
    return payment


def audit_of(request: Request) -> audit.Origin | None:
    """Return who stands in the audit log for a change; only operators do."""
    return audit.origin_of(request) if caller_of(request).principal == "operator" else None
