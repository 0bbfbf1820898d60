"""Make codes and change them."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from accounts.services.audit import Origin, record_action

from ..code_text import normalize
from ..exceptions import BatchRevoked, CodeTaken, CodeUnknown
from ..models import ListedWallet, PromoCode

# What a code gives, and to which group it belongs, stays: uses and waiting bonuses rest on it.
CHANGEABLE = (
    "description",
    "starts_at",
    "ends_at",
    "max_redemptions",
    "max_redemptions_per_wallet",
    "audience",
    "max_wallet_age_days",
    "plan",
    "is_active",
    "campaign",
)


def create_code(*, code: str, origin: Origin, wallets: Sequence[str] = (), **terms: Any) -> PromoCode:
    """Make a code with the terms that its model names; `wallets` are the references of the audience `listed`.

    Raises Django's ValidationError with a sentence for each rule that the terms break, and CodeTaken.
    """
    made = new_code(code, origin.actor, **terms)
    made.full_clean(validate_unique=False)
    with transaction.atomic():
        _store(made)
        _list_wallets(made, wallets)
        _record(origin, "create", made, {**terms, "wallets": len(wallets)})
    return made


def new_code(code: str, actor: str, **terms: Any) -> PromoCode:
    """Return a code that is not stored yet."""
    return PromoCode(code=code.strip(), normalized=normalize(code), created_by=actor, **terms)


@transaction.atomic
def change_code(
    *, code: str, origin: Origin, reason: str = "", wallets: Sequence[str] | None = None, **changes: Any
) -> PromoCode:
    """Change a code's limits, dates, audience or switch it; `wallets` replaces those that are listed.

    Raises CodeUnknown, BatchRevoked, and Django's ValidationError as `create_code` does.
    """
    found = PromoCode.objects.select_for_update().filter(normalized=normalize(code)).first()
    if found is None:
        raise CodeUnknown
    if changes.get("is_active") and found.batch is not None and found.batch.revoked_at is not None:
        raise BatchRevoked
    before = {name: getattr(found, name) for name in changes}
    for name, value in changes.items():
        setattr(found, name, value)
    found.full_clean(validate_unique=False)
    found.save(update_fields=list(changes))
    if wallets is not None:
        found.listed.all().delete()
        _list_wallets(found, wallets)
    listed = {} if wallets is None else {"wallets": len(wallets)}
    _record(origin, "change", found, {**changes, **listed}, before, reason)
    return found


def _store(code: PromoCode) -> None:
    try:
        with transaction.atomic():
            code.save(force_insert=True)
    except IntegrityError:
        if PromoCode.objects.filter(normalized=code.normalized).exists():
            raise CodeTaken from None
        raise


def _list_wallets(code: PromoCode, wallets: Sequence[str]) -> None:
    ListedWallet.objects.bulk_create(ListedWallet(code=code, reference=reference) for reference in set(wallets))


def _record(
    origin: Origin,
    verb: str,
    code: PromoCode,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    record_action(
        origin=origin,
        action=f"promo_code.{verb}",
        target_type="promo_code",
        target_id=code.code,
        before=before,
        after=after,
        reason=why,
    )
