"""Make versions of rates; nothing changes one that was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import clock

from ..exceptions import RateExists
from ..models import Rate
from ..pricing import Tier
from ..selectors.rates import forget_rates


@dataclass(frozen=True, kw_only=True)
class NewRate:
    """What a version says; prices are money in `currency` for as many units as `pricing.QUANTITIES` names."""

    model: str
    prices: Mapping[str, Decimal]
    provider: str = ""
    operation: str = ""
    tiers: Sequence[Tier] = ()
    markup_percent: Decimal = Decimal(0)
    credits_per_currency_unit: Decimal = Decimal(1)
    currency: str = "USD"
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    source: str = field(default="operator")


def create_rate(*, rate: NewRate, actor: str) -> Rate:
    """Add the next version of a rate, in force from `effective_from` on, now by default; raise RateExists."""
    return create_rates(rates=[rate], actor=actor)[0]


def create_rates(*, rates: Sequence[NewRate], actor: str) -> list[Rate]:
    """Add versions of many rates in one transaction; raise RateExists if another hand did so at the same moment."""
    now = clock.now()
    try:
        with transaction.atomic():
            versions = _last_versions()
            rows = [_row(rate, versions, now, actor) for rate in rates]
            Rate.objects.bulk_create(rows)
    except IntegrityError:
        raise RateExists from None
    forget_rates()
    transaction.on_commit(forget_rates)
    return rows


def _last_versions() -> dict[tuple[str, str, str], int]:
    found = Rate.objects.order_by().values_list("provider", "model", "operation").annotate(last=Max("version"))
    return {(provider, model, operation): last for provider, model, operation, last in found}


def _row(rate: NewRate, versions: dict[tuple[str, str, str], int], now: datetime, actor: str) -> Rate:
    name = (rate.provider, rate.model, rate.operation)
    versions[name] = versions.get(name, 0) + 1
    return Rate(
        provider=rate.provider,
        model=rate.model,
        operation=rate.operation,
        version=versions[name],
        prices=_texts(rate.prices),
        tiers=[{"above": tier.above, "prices": _texts(tier.prices)} for tier in rate.tiers],
        markup_percent=rate.markup_percent,
        credits_per_currency_unit=rate.credits_per_currency_unit,
        currency=rate.currency,
        effective_from=rate.effective_from or now,
        effective_to=rate.effective_to,
        source=rate.source,
        created_by=actor,
        created_at=now,
    )


def _texts(prices: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: f"{price.normalize():f}" for name, price in prices.items()}
