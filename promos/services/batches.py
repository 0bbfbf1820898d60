"""Many codes at once."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.services.audit import Origin, record_action
from core import clock

from ..code_text import generate
from ..models import CodeBatch, PromoCode
from .codes import new_code

WRITTEN_AT_ONCE = 2_000


def _nobody_counts(count: int) -> None:
    """Show nothing."""


@transaction.atomic
def generate_codes(
    *,
    count: int,
    campaign: str,
    origin: Origin,
    prefix: str = "",
    advance: Callable[[int], object] = _nobody_counts,
    **terms: Any,
) -> CodeBatch:
    """Make `count` unguessable codes with the same terms; by default each works once.

    `advance` hears how many more are written. Raises Django's ValidationError for terms that break a rule.
    """
    batch = CodeBatch(campaign=campaign, prefix=prefix.upper(), count=count, created_by=origin.actor)
    batch.full_clean()
    terms = {"max_redemptions": 1, **terms, "campaign": campaign}
    new_code(generate(batch.prefix), origin.actor, **terms).full_clean(validate_unique=False)
    batch.save(force_insert=True)
    for start in range(0, count, WRITTEN_AT_ONCE):
        made = min(WRITTEN_AT_ONCE, count - start)
        texts = {generate(batch.prefix) for _ in range(made)}
        PromoCode.objects.bulk_create(new_code(text, origin.actor, **terms, batch=batch) for text in texts)
        advance(made)
    _record(origin, "generate", batch, {**terms, "count": count, "prefix": prefix})
    return batch


@transaction.atomic
def revoke_batch(*, batch: CodeBatch, origin: Origin, reason: str) -> CodeBatch:
    """Switch off all codes of a batch for good; bonuses that wait for a purchase are not granted any more."""
    found = CodeBatch.objects.select_for_update().get(pk=batch.pk)
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
        # Whoever is just redeeming one of them has its row, and comes first.
        stopped = found.codes.filter(is_active=True).update(is_active=False)
        _record(origin, "revoke", found, {"stopped": stopped}, reason)
    return found


def _record(origin: Origin, verb: str, batch: CodeBatch, after: dict[str, Any], reason: str = "") -> None:
    record_action(
        origin=origin,
        action=f"code_batch.{verb}",
        target_type="code_batch",
        target_id=batch.pk,
        after={"campaign": batch.campaign, **after},
        reason=reason,
    )
