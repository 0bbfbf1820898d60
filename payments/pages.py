"""Where the customer's browser comes back to: it says how the payment stands, and grants nothing by itself."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock

from . import currencies
from .models import Payment
from .services.refreshing import try_refresh

ASKED_EVERY = timedelta(seconds=2)
WAITS = ("created", "pending")
WORDS = {
    "paid": ("Paid", "The credits are on your account."),
    "failed": ("Not paid", "The payment did not go through; nothing was credited. You can try again."),
    "cancelled": ("Cancelled", "Nothing was paid."),
    "expired": ("Expired", "Nothing was paid in time. If money arrives later, the credits will come with it."),
}
CONFIRMING = ("Confirming", "The provider has not confirmed the payment yet. This page looks again by itself.")
MOVED = ("Paid", "The payment was changed since; your payments show how it stands.")


@never_cache
@require_safe
def returned(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Show how a payment stands; what its address or its query says is believed for nothing."""
    payment = get_object_or_404(Payment, pk=payment_id)
    if payment.status in WAITS and (payment.checked_at is None or payment.checked_at < clock.now() - ASKED_EVERY):
        payment = try_refresh(payment=payment)
    heading, text = CONFIRMING if payment.status in WAITS else WORDS.get(payment.status, MOVED)
    context = {
        "payment": payment,
        "heading": heading,
        "text": text,
        "waits": payment.status in WAITS,
        "total": currencies.write(payment.amount_minor, payment.currency),
        "back": payment.return_url,
    }
    return render(request, "payments/return.html", context)
