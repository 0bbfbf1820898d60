"""A receipt as a page to print."""

from django.conf import settings
from django.template.loader import render_to_string

from core.admin_columns import credits_text

from . import currencies
from .exceptions import ReceiptNotFound
from .models import Payment, Receipt


def render_receipt(payment: Payment) -> str:
    """Return the HTML of a payment's receipt; raise ReceiptNotFound."""
    receipt = Receipt.objects.filter(payment=payment).first()
    if receipt is None:
        raise ReceiptNotFound
    net = payment.amount_minor - receipt.tax_minor
    owner = payment.wallet.owner
    context = {
        "receipt": receipt,
        "payment": payment,
        "credits": credits_text(payment.credits) if payment.credits else "",
        "buyer": (owner.name or owner.email) if owner is not None else payment.wallet.reference,
        "net": currencies.write(net, payment.currency),
        "tax": currencies.write(receipt.tax_minor, payment.currency),
        "tax_percent": f"{receipt.tax_basis_points / 100:g}",
        "total": currencies.write(payment.amount_minor, payment.currency),
        "went_back": currencies.write(payment.reversed_minor, payment.currency) if payment.reversed_minor else "",
        "site": settings.SITE_URL,
    }
    return render_to_string("payments/receipt.html", context)
