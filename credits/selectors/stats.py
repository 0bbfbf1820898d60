"""What a wallet used and got, day by day in its own time zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, QuerySet, Sum, Value, When

from core import clock
from core.amounts import MICROS, format_micros

from ..models import LedgerEntry
from .wallets import read_wallet

ISSUED = ("issued", "activated")


def stats(reference: str, days: int) -> dict[str, object]:
    """Return totals by kind and the consumed and issued credits of each of the last `days` days, today included."""
    zone = ZoneInfo(read_wallet(reference).time_zone)
    today = clock.now().astimezone(zone).date()
    dates = [today - timedelta(days=days - 1 - number) for number in range(days)]
    sums = _sums(LedgerEntry.objects.filter(wallet__reference=reference), dates, zone)
    totals: dict[str, int] = {}
    for (_, kind), amount in sums.items():
        totals[kind] = totals.get(kind, 0) + amount
    return {
        "reference": reference,
        "time_zone": zone.key,
        "totals": {kind: format_micros(amount) for kind, amount in sorted(totals.items())},
        "daily": [_day(number, day, sums) for number, day in enumerate(dates)],
    }


def _day(number: int, day: date, sums: dict[tuple[int, str], int]) -> dict[str, object]:
    issued = sum(sums.get((number, kind), 0) for kind in ISSUED)
    consumed = -sums.get((number, "consumed"), 0)
    return {"date": day, "consumed": format_micros(consumed), "issued": format_micros(issued)}


def _sums(entries: QuerySet[LedgerEntry], dates: list[date], zone: ZoneInfo) -> dict[tuple[int, str], int]:
    """Return the sums in millionths by number of the day and kind; a day may have 23 or 25 hours."""
    starts = [datetime.combine(day, time(), zone) for day in (*dates, dates[-1] + timedelta(days=1))]
    cases = [When(effective_at__lt=end, then=Value(number)) for number, end in enumerate(starts[1:])]
    within = entries.filter(effective_at__gte=starts[0], effective_at__lt=starts[-1]).exclude(amount=0)
    days = within.annotate(day=Case(*cases, output_field=IntegerField()))
    found = days.values_list("day", "kind").annotate(total=Sum("amount")).order_by()
    return {(day, kind): int(total * MICROS) for day, kind, total in found}
