"""What answers say of rows; the members are those of `shapes`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from core.admin_columns import credits_text
from credits.api.representations import instant_text

from ..models import AutoTopUp, CreditPack, Dispute, Payment, Receipt, Refund
from ..providers.registry import configured

Members = dict[str, Any]


def packs_of(packs: Iterable[CreditPack]) -> Members:
    """Return what is sold, by which providers."""
    free = [
        {
            "currency": currency,
            "credits_per_unit": str(terms["credits_per_unit"]),
            "minimum_minor": terms["minimum_minor"],
            "maximum_minor": terms["maximum_minor"],
        }
        for currency, terms in sorted(settings.FREE_AMOUNTS.items())
    ]
    return {"results": [_pack(pack) for pack in packs], "free_amounts": free, "providers": configured()}


def payments_of(payments: Iterable[Payment]) -> list[Members]:
    """Return payments with what went back of them; three statements for a page of any length."""
    page = list(payments)
    ids = [payment.pk for payment in page]
    refunds = list(Refund.objects.filter(payment__in=ids).order_by("created_at"))
    disputes = list(Dispute.objects.filter(payment__in=ids).order_by("created_at"))
    receipts = {receipt.payment_id: str(receipt) for receipt in Receipt.objects.filter(payment__in=ids)}
    return [
        {
            "id": str(payment.pk),
            "reference": payment.wallet.reference,
            "status": payment.status,
            "purpose": payment.purpose,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "credits": credits_text(payment.credits),
            "pack": payment.pack.code if payment.pack is not None else None,
            "quantity": payment.quantity,
            "provider": payment.provider,
            "checkout_url": payment.checkout_url or None,
            "reversed_minor": payment.reversed_minor,
            "refunds": [refund_of(refund) for refund in refunds if refund.payment_id == payment.pk],
            "disputes": [_dispute(dispute) for dispute in disputes if dispute.payment_id == payment.pk],
            "receipt": receipts.get(payment.pk),
            "created_at": instant_text(payment.created_at),
            "paid_at": _instant(payment.paid_at),
        }
        for payment in page
    ]


def payment_of(payment: Payment) -> Members:
    """Return one payment."""
    return payments_of([payment])[0]


def refund_of(refund: Refund) -> Members:
    """Return a refund."""
    return {
        "id": str(refund.pk),
        "amount_minor": refund.amount_minor,
        "status": refund.status,
        "reason": refund.reason,
        "created_at": instant_text(refund.created_at),
    }


def auto_top_up_of(top_up: AutoTopUp | None, spent_minor: int, *, has_method: bool) -> Members:
    """Return a standing order, or what stands for none."""
    return {
        "enabled": top_up is not None and top_up.is_enabled,
        "threshold": credits_text(top_up.threshold) if top_up else None,
        "pack": top_up.pack.code if top_up else None,
        "currency": top_up.currency if top_up else None,
        "monthly_cap_minor": top_up.monthly_cap_minor if top_up else None,
        "consent": top_up.consent_text if top_up else None,
        "consent_at": _instant(top_up.consent_at) if top_up else None,
        "declines": top_up.declines if top_up else 0,
        "stopped_at": _instant(top_up.stopped_at) if top_up else None,
        "spent_minor": spent_minor,
        "has_method": has_method,
    }


def _pack(pack: CreditPack) -> Members:
    return {
        "code": pack.code,
        "name": pack.name,
        "credits": credits_text(pack.credits),
        "bonus_tiers": pack.bonus_tiers,
        "expires_in_days": pack.expires_in_days,
        "prices": [{"currency": price.currency, "amount_minor": price.amount_minor} for price in pack.prices.all()],
    }


def _dispute(dispute: Dispute) -> Members:
    members = {"amount_minor": dispute.amount_minor, "status": dispute.status}
    return {**members, "created_at": instant_text(dispute.created_at)}


def _instant(value: datetime | None) -> str | None:
    return None if value is None else instant_text(value)
