"""Find codes, batches, uses."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.exceptions import NotFound

from ..code_text import normalize
from ..exceptions import CodeUnknown
from ..models import CodeBatch, PromoCode, Redemption


def find_code(code: str) -> PromoCode:
    """Return a code, however its letters are written; raise CodeUnknown."""
    found = PromoCode.objects.filter(normalized=normalize(code)).first()
    if found is None:
        raise CodeUnknown
    return found


def find_referral_code(reference: str) -> PromoCode:
    """Return a wallet's own referral code; raise CodeUnknown for a wallet that has none yet."""
    found = PromoCode.objects.filter(referrer__reference=reference).first()
    if found is None:
        raise CodeUnknown("This wallet has no referral code yet; ask for one with POST.")
    return found


def list_codes(search: str | None = None, **filters: Any) -> QuerySet[PromoCode]:
    """Return codes that begin with `search` in any spelling, with their listed wallets, newest first."""
    codes = PromoCode.objects.filter(**filters).prefetch_related("listed").order_by("-id")
    return codes if search is None else codes.filter(normalized__startswith=search.strip().upper())


def list_redemptions(reference: str | None) -> QuerySet[Redemption]:
    """Return the uses by a wallet, or by all, newest first."""
    found = Redemption.objects.select_related("code", "wallet", "grant").order_by("-id")
    return found if reference is None else found.filter(wallet__reference=reference)


def find_batch(batch_id: UUID) -> CodeBatch:
    """Return a batch; raise NotFound."""
    found = CodeBatch.objects.filter(pk=batch_id).first()
    if found is None:
        raise NotFound("There is no batch with this id; list the batches to find it.")
    return found


def count_rewarded(code: PromoCode) -> int:
    """Return how many uses of a code were rewarded."""
    return Redemption.objects.filter(code=code, granted_at__isnull=False).count()
