"""What was used, summed up by day, model and operation."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from core import clock
from core.amounts import format_micros, to_micros
from core.exceptions import ValidationFailed
from credits.selectors.wallets import read_wallet

from ..models import UsageEvent

GROUPS = ("day", "model", "operation")
USUAL, MOST = timedelta(days=30), timedelta(days=366)
MOST_GROUPS = 10_000
# Usage may be told by a clock that is ahead of ours.
AHEAD = timedelta(minutes=5)


def summarize(
    reference: str | None, group_by: Sequence[str], since: datetime | None, until: datetime | None
) -> dict[str, Any]:
    """Return number of events, tokens and amount for each group, of a wallet or of all; raises WalletNotFound.

    Days are the wallet's own, UTC ones for all wallets; the span is at most 366 days.
    """
    zone = ZoneInfo("UTC" if reference is None else read_wallet(reference).time_zone)
    until = until or clock.now() + AHEAD
    since = since or until - USUAL
    if not timedelta(0) <= until - since <= MOST:
        raise ValidationFailed([("from", "Name a span of at most 366 days, its beginning first.")])
    events = UsageEvent.objects.filter(occurred_at__gte=since, occurred_at__lt=until)
    if reference is not None:
        events = events.filter(wallet__reference=reference)
    days = _days(since, until, zone)
    found = _grouped(events, group_by, days, zone)[: MOST_GROUPS + 1]
    if len(found) > MOST_GROUPS:
        raise ValidationFailed([("group_by", f"There are more than {MOST_GROUPS:,} groups; name a shorter span.")])
    return {"time_zone": zone.key, "results": [_row(group, group_by, days) for group in found]}


def _grouped(events: QuerySet[UsageEvent], group_by: Sequence[str], days: Sequence[date], zone: ZoneInfo) -> Any:
    """Return a row for each group. Where days begin is said in SQL: MariaDB may know no time zones."""
    ends = [datetime.combine(day + timedelta(days=1), time(), zone) for day in days]
    cases = [When(occurred_at__lt=end, then=Value(number)) for number, end in enumerate(ends)]
    if "day" in group_by:
        events = events.annotate(day=Case(*cases, output_field=IntegerField()))
    sums = (
        events.order_by()
        .values(*group_by)
        .annotate(
            events=Count("pk", filter=Q(corrects=None)),
            tokens_in=Sum("input_tokens"),
            tokens_out=Sum("output_tokens"),
            total=Sum("amount"),
        )
    )
    return sums.order_by(*group_by)


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    first, last = (instant.astimezone(zone).date() for instant in (since, until))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _row(group: dict[str, Any], group_by: Sequence[str], days: Sequence[date]) -> dict[str, Any]:
    named = {name: days[group["day"]] if name == "day" else group[name] for name in group_by}
    return {
        **named,
        "events": group["events"],
        "input_tokens": int(group["tokens_in"]),
        "output_tokens": int(group["tokens_out"]),
        "amount": format_micros(to_micros(group["total"])),
    }
