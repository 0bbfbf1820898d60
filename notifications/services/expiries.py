"""Credits that are about to expire: told once for each grant and number of days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from core import events
from core.amounts import format_micros, to_micros
from core.events import News
from credits.models import Grant
from credits.store.news import stream_of

from ..models import Alarm, WebhookEndpoint
from ..selectors import expiring_days_of, preferences_of

NAME = "credits.expiring"
LONGEST_DAYS = 90
PAGE = 500
KEPT = timedelta(days=2)


def warn_of_expiries(*, at: datetime) -> int:
    """Publish `credits.expiring` for grants that end within the days their owners chose; return how many."""
    told, last = 0, None
    while page := _ending(at, last):
        last = page[-1].pk
        told += _warn(page, at)
    return told


def forget_expiries(*, at: datetime) -> None:
    """Delete the notes about grants that have ended long since."""
    Alarm.objects.filter(name=NAME, told_at__lt=at - timedelta(days=LONGEST_DAYS) - KEPT).delete()


def _ending(at: datetime, after: Any) -> list[Grant]:
    """Return the next page of grants with credits left that end within the longest time that can be asked for."""
    horizon = at + timedelta(days=LONGEST_DAYS)
    found = Grant.objects.filter(
        # What changes next in a wallet is never later than the end of its grants, and it has an index.
        wallet__next_change_at__lte=horizon,
        is_open=True,
        remaining__gt=F("held"),
        activated_at__isnull=False,
        expires_at__gt=at,
        expires_at__lte=horizon,
    )
    heard = found if _all_are_heard() else found.filter(wallet__owner__is_active=True)
    page = heard.filter(pk__gt=after) if after else heard
    return list(page.select_related("wallet").order_by("pk")[:PAGE])


def _all_are_heard() -> bool:
    return WebhookEndpoint.objects.filter(disabled_at=None).exists()


def _warn(grants: Sequence[Grant], at: datetime) -> int:
    preferences = preferences_of(grant.wallet.reference for grant in grants)
    due = {}
    for grant in grants:
        reference = grant.wallet.reference
        days = _nearest(expiring_days_of(preferences.get(reference)), grant.expires_at, at)
        if days is not None:
            due[reference, f"{grant.pk}:{days}"] = _news(grant, days)
    return _publish_new(due, at)


def _nearest(days: Sequence[int], expires_at: datetime | None, at: datetime) -> int | None:
    """Return the smallest number of days within which a grant ends: who comes late is not told of the larger ones."""
    return min((one for one in days if expires_at and expires_at <= at + timedelta(days=one)), default=None)


def _publish_new(due: dict[tuple[str, str], News], at: datetime) -> int:
    known = Alarm.objects.filter(name=NAME, subject__in=[subject for _, subject in due])
    told = set(known.values_list("reference", "subject"))
    new = {key: news for key, news in due.items() if key not in told}
    try:
        with transaction.atomic():
            Alarm.objects.bulk_create([_mark(*key, at) for key in new])
            events.publish_many(list(new.values()))
    except IntegrityError:
        return 0  # another sweep was first
    return len(new)


def _mark(reference: str, subject: str, at: datetime) -> Alarm:
    return Alarm(reference=reference, name=NAME, subject=subject, is_up=True, told_at=at)


def _news(grant: Grant, days: int) -> News:
    left: Decimal = grant.remaining - grant.held
    payload = {
        "wallet": grant.wallet.reference,
        "grant": str(grant.pk),
        "amount": format_micros(to_micros(left)),
        "expires_at": grant.expires_at.isoformat().replace("+00:00", "Z") if grant.expires_at else None,
        "days": days,
    }
    return NAME, stream_of(grant.wallet.reference), payload
