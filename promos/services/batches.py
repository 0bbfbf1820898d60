"""Many codes at once."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from accounts.services.audit import Origin, record_action
from core import clock, rows
from core.ids import uuid7

from ..code_text import generate
from ..models import CodeBatch, PromoCode
from .codes import new_code

WRITTEN_AT_ONCE = 5_000
TEXTS = rows.Table(PromoCode._meta.db_table, (("id", "uuid"), ("code", "text"), ("normalized", "text")))
COPIED = [field for field in PromoCode._meta.concrete_fields if field.column not in TEXTS.names]


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
    first = new_code(generate(batch.prefix), origin.actor, **terms)
    first.full_clean(validate_unique=False)
    batch.save(force_insert=True)
    first.batch = batch
    first.save(force_insert=True)
    advance(1)
    for start in range(1, count, WRITTEN_AT_ONCE):
        made = min(WRITTEN_AT_ONCE, count - start)
        _write_copies(first, [generate(batch.prefix) for _ in range(made)])
        advance(made)
    _record(origin, "generate", batch, {**terms, "count": count, "prefix": prefix})
    return batch


def _write_copies(first: PromoCode, texts: list[str]) -> None:
    """Write codes with these texts and the terms of a stored one, which the database copies by itself."""
    source, params = rows.relation(TEXTS, [[str(uuid7()), text, text] for text in texts])
    condition, key = rows.any_of("t.id", [str(first.pk)], "uuid")
    names = [connection.ops.quote_name(str(field.column)) for field in COPIED]
    new, copied, table = ", ".join(TEXTS.names), ", ".join(names), TEXTS.name
    values = ", ".join(f"t.{name}" for name in names)
    sql = (
        f"INSERT INTO {table} ({new}, {copied}) SELECT v.id, v.code, v.normalized, {values}"  # noqa: S608  our own names
        f" FROM {source}, {table} AS t WHERE {condition}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *key])


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
