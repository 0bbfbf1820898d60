"""A statement as CSV: all of it, a keyset page at a time, so that memory stays flat and any pooler will do."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet, TextField
from django.http import StreamingHttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from core.amounts import format_micros
from core.api.queries import PAGE_PARAMETERS
from core.api.shapes import instant_text
from core.exceptions import ValidationFailed

from ..models import LedgerEntry

ROWS_AT_ONCE = 2000
AMOUNTS = ("amount", "held_change", "debt_change", "balance_after", "held_after", "debt_after", "shortfall")
INSTANTS = ("effective_at", "created_at")
FOREIGN_TEXTS = ("description", "metadata", "request_id")
COLUMNS = (
    *("sequence", "id", "kind", "contra"),
    *("amount", "held_change", "debt_change", "balance_after", "held_after", "debt_after", "shortfall"),
    *("effective_at", "created_at", "grant", "hold", "reverses", "caused_by"),
    *("description", "metadata", "request_id", "hash"),
)
# A spreadsheet takes a cell that begins so for a formula; some fold full-width forms first.
FORMULA_SIGNS = (*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class CSVRenderer(BaseRenderer):
    """Names the media type for negotiation; a CSVResponse writes itself, and a refusal is JSON."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return a refusal's text."""
        return json.dumps(data, default=str).encode()


def sample(entry: Mapping[str, Any]) -> str:
    """Return a statement with the one entry that has these members, for the OpenAPI document."""
    row = [json.dumps(entry[name]) if name == "metadata" else entry[name] for name in COLUMNS]
    return "".join(csv.writer(_Echo()).writerow(cells) for cells in (COLUMNS, row))


class CSVResponse(StreamingHttpResponse):
    """All entries of a filtered statement, newest first."""

    def __init__(self, entries: QuerySet[LedgerEntry], reference: str) -> None:
        name = "".join(sign if sign.isalnum() else "-" for sign in reference)
        headers = {"Content-Disposition": f'attachment; filename="statement-{name}.csv"', "Cache-Control": "no-store"}
        super().__init__(_lines(entries), content_type="text/csv; charset=utf-8", headers=headers)


def wants_csv(request: Request) -> bool:
    """Tell whether a statement is asked for as CSV; raises ValidationFailed for a page of one."""
    if not isinstance(request.accepted_renderer, CSVRenderer):
        return False
    paging = sorted(PAGE_PARAMETERS.intersection(request.query_params))
    if paging:
        raise ValidationFailed([(name, "Leave this out: as CSV a statement comes whole.") for name in paging])
    return True


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def _lines(entries: QuerySet[LedgerEntry]) -> Iterator[str]:
    """Give the lines, many at a time."""
    echo = _Echo()
    writer = csv.writer(echo)
    yield writer.writerow(COLUMNS)
    for page in _pages(entries):
        echo.lines = []
        writer.writerows(map(_cells, page))
        yield "".join(echo.lines)


class _Echo:
    """A file that keeps what the csv module writes until it is sent."""

    lines: list[str]

    def __init__(self) -> None:
        self.lines = []

    def write(self, line: str) -> str:
        self.lines.append(line)
        return line


def _pages(entries: QuerySet[LedgerEntry]) -> Iterator[list[tuple[Any, ...]]]:
    """Give the rows as stored, amounts as millionths and metadata as text, thousands at a time."""
    counts = {f"stored_{name}": ExpressionWrapper(F(name), output_field=BigIntegerField()) for name in AMOUNTS}
    stored = {**counts, "stored_metadata": ExpressionWrapper(F("metadata"), output_field=TextField())}
    names = [f"stored_{name}" if f"stored_{name}" in stored else name for name in COLUMNS]
    bare = entries.order_by("-sequence").prefetch_related(None).select_related(None)
    rows = bare.annotate(**stored).values_list(*names)
    page = list(rows[:ROWS_AT_ONCE])
    while page:
        yield page
        page = list(rows.filter(sequence__lt=page[-1][0])[:ROWS_AT_ONCE])


def _cells(row: tuple[Any, ...]) -> list[Any]:
    return [
        value if value is None or write is None else write(value) for write, value in zip(_WRITERS, row, strict=True)
    ]


def _amount(micros: int) -> str:
    return format_micros(micros) if micros else "0"


# What has no writer is a number or a word of ours, or an id, which the csv module writes itself.
_WRITER_OF: dict[str, Callable[[Any], str | None]] = {
    **dict.fromkeys(AMOUNTS, _amount),
    **dict.fromkeys(INSTANTS, instant_text),
    **dict.fromkeys(FOREIGN_TEXTS, neutral),
}
_WRITERS = [_WRITER_OF.get(name) for name in COLUMNS]
