"""Codes as CSV: a page of rows at a time, so that 100,000 of them need little memory."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from core.admin_columns import credits_text

from .models import PromoCode

ROWS_AT_ONCE = 2_000
# Texts with these shapes begin with a letter or a digit: no spreadsheet takes one for a formula.
COLUMNS = ("code", "campaign", "amount", "bonus_percent", "expires_in_days", "starts_at", "ends_at")
STATE = ("max_redemptions", "redeemed", "is_active", "created_at")


def csv_of(codes: QuerySet[PromoCode], name: str) -> StreamingHttpResponse:
    """Return the answer that streams codes as the file `name`.csv, in the order in which they were made."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines_of(codes), content_type="text/csv; charset=utf-8", headers=headers)


def lines_of(codes: QuerySet[PromoCode]) -> Iterator[str]:
    """Give the lines of the file, many at a time."""
    echo = _Echo()
    writer = csv.writer(echo)
    writer.writerow((*COLUMNS, *STATE))
    ordered = codes.order_by("pk").select_related(None)
    page = list(ordered[:ROWS_AT_ONCE])
    while page:
        writer.writerows([_cell(getattr(code, name), name) for name in (*COLUMNS, *STATE)] for code in page)
        yield echo.take()
        page = list(ordered.filter(pk__gt=page[-1].pk)[:ROWS_AT_ONCE])
    yield echo.take()


class _Echo:
    """A file that keeps what the csv module writes until it is sent."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def take(self) -> str:
        text = "".join(self.lines)
        self.lines.clear()
        return text


def _cell(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if name == "amount":
        return credits_text(value)
    return value.isoformat().replace("+00:00", "Z") if name.endswith("_at") else value
