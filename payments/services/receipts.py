"""Number receipts."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from ..models import Payment, Receipt, ReceiptCounter

WHOLE_BASIS_POINTS = 10_000


def issue_receipt(*, payment: Payment, at: datetime) -> Receipt:
    """Give a paid payment the next number of its series, in the caller's transaction, which holds its lock.

    The counter stays locked until that commits, so the numbers have no gap; test money has a series of its own.
    """
    series = settings.RECEIPT_SERIES if payment.is_live else f"TEST-{settings.RECEIPT_SERIES}"
    tax = settings.RECEIPT_TAX
    return Receipt.objects.create(
        payment=payment,
        series=series,
        number=_next_number(series),
        seller=settings.RECEIPT_SELLER,
        tax_name=tax["name"],
        tax_basis_points=tax["basis_points"],
        tax_minor=tax_within(payment.amount_minor, tax["basis_points"]),
        issued_at=at,
    )


def tax_within(amount_minor: int, basis_points: int) -> int:
    """Return the tax that a gross amount contains, rounded half up; 1,900 basis points are 19 percent."""
    whole = WHOLE_BASIS_POINTS + basis_points
    return (2 * amount_minor * basis_points + whole) // (2 * whole)


def _next_number(series: str) -> int:
    try:
        with transaction.atomic():
            ReceiptCounter.objects.get_or_create(series=series)
    except IntegrityError:
        pass  # a twin made it
    counter = ReceiptCounter.objects.select_for_update().get(series=series)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number
