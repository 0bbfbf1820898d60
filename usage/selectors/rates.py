"""Rates: the one in force, from a book that each process keeps, and the rows."""

import time
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from ..exceptions import RateNotFound
from ..models import Rate
from ..pricing import Terms
from ..rate_book import RateBook

# How long a process may miss a version that another one made.
FRESH_SECONDS = 1.0

Edition = tuple[int, UUID | None]
"""How many rates there are, and the last one's id: rates are only ever added."""


class _Kept(NamedTuple):
    read_at: float
    edition: Edition
    book: RateBook


_kept = _Kept(float("-inf"), (0, None), RateBook([]))


def rate_in_force(*, provider: str = "", model: str, operation: str = "", at: datetime) -> Terms | None:
    """Return the version that holds for a call at `at`, None for none; see `RateBook.find` for which one wins."""
    return _book().find(provider=provider, model=model, operation=operation, at=at)


def list_rates(**filters: str) -> QuerySet[Rate]:
    """Return all versions, or those of a provider, model or operation as they name it themselves."""
    return Rate.objects.filter(**filters)


def read_rate(rate_id: UUID) -> Rate:
    """Return a rate; raise RateNotFound."""
    rate = Rate.objects.filter(pk=rate_id).first()
    if rate is None:
        raise RateNotFound
    return rate


def forget_rates() -> None:
    """Read the rates again at the next question."""
    global _kept
    _kept = _kept._replace(read_at=float("-inf"))


def _book() -> RateBook:
    global _kept
    kept = _kept
    if time.monotonic() - kept.read_at < FRESH_SECONDS:
        return kept.book
    read_at, edition = time.monotonic(), _edition()
    book = kept.book if edition == kept.edition else RateBook(rate.terms for rate in Rate.objects.iterator())
    _kept = _Kept(read_at, edition, book)
    return book


def _edition() -> Edition:
    last = Rate.objects.order_by("-id").values_list("pk", flat=True).first()
    return (Rate.objects.count() if last else 0, last)
