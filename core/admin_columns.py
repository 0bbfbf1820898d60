"""Columns of the admin's lists and tables: canonical amounts, JSON, links."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import display_for_value, label_for_field
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html

from core.amounts import format_micros, to_micros
from core.json_text import canonical

NOTHING = "-"
Column = Any
"""A function of a row, which the stubs of Django don't take for a name in `fields`."""


def credits_text(value: Decimal) -> str:
    """Return the canonical text of an amount."""
    return format_micros(to_micros(value))


def amount(name: str, *, sortable: bool = False) -> Column:
    """Return the column of an amount."""
    return _column(name, lambda row: credits_text(getattr(row, name)), sortable)


def json_value(name: str) -> Column:
    """Return the column of a JSON value, as its canonical text."""
    return _column(name, lambda row: NOTHING if getattr(row, name) is None else canonical(getattr(row, name)))


def linked(name: str) -> Column:
    """Return the column of a related object, as a link to its page."""
    return _column(name, lambda row: link_to(getattr(row, name)))


def itself(name: str) -> Column:
    """Return a column that shows a value and leads to the row's own page."""
    return _column(name, lambda row: link_to(row, str(getattr(row, name))))


def link_to(row: Model | None, text: str | None = None) -> str:
    """Return a link to an object's page, a dash for none."""
    if row is None:
        return NOTHING
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, str(row) if text is None else text)


def as_uuid(text: str) -> UUID | None:
    """Return the UUID that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


class Table:
    """Rows below an object: columns are given as in `list_display`; `more` is the address of the whole list."""

    def __init__(self, title: str, columns: Sequence[Any], rows: Iterable[Any], more: str = "") -> None:
        self.title, self.more = title, more
        objects = list(rows)
        model = type(objects[0]) if objects else None
        self.heads = [(_name(column), label_for_field(column, model)) for column in columns] if model else []
        self.rows = [[(_name(column), _cell(column, row)) for column in columns] for row in objects]


def _column(name: str, show: Callable[[Any], Any], sortable: bool = False) -> Column:
    show.__name__ = name
    return admin.display(description=name.replace("_", " "), ordering=name if sortable else None)(show)


def _name(column: Any) -> str:
    return str(getattr(column, "__name__", column))


def _cell(column: Any, row: Any) -> Any:
    value = column(row) if callable(column) else getattr(row, column)
    return display_for_value(value, NOTHING, boolean=isinstance(value, bool))
