"""Lists a page at a time, by keyset: a page costs the same however far down it is, and shifts with no insert."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Field, Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.queries import PAGE_PARAMETERS
from core.exceptions import ValidationFailed

MAX_LIMIT = 200
DEFAULT_LIMIT = 50


class CursorPagination(BasePagination):
    """Pages of a queryset in one total order: `ordering` names its fields, all rising or all ("-") falling.

    A view sets `ordering`; its last field must be unique. The order of the queryset itself is replaced.
    """

    ordering: ClassVar[Sequence[str]] = ("-id",)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of the page that `limit` and `cursor` name; raises ValidationFailed."""
        assert isinstance(queryset, QuerySet), "Pages are read from the database, by keyset"  # noqa: S101
        self.request = request
        ordering = tuple(getattr(view, "ordering", self.ordering))
        self.names = [name.removeprefix("-") for name in ordering]
        self.falling = ordering[0].startswith("-")
        self.limit = _read_limit(request.query_params.get("limit"))
        backwards, place = self._read_cursor(queryset.model, request.query_params.get("cursor"))
        if place:
            queryset = queryset.filter(self._beyond(place, falling=self.falling != backwards))
        sign = "-" if self.falling != backwards else ""
        rows = list(queryset.order_by(*(f"{sign}{name}" for name in self.names))[: self.limit + 1])
        self._note_neighbours(rows, backwards=backwards, started=bool(place))
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        """Return the answer of a list."""
        return Response({"results": data, "next": self.next, "previous": self.previous})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the answer of a list for OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri", "example": None}
        members = {"results": schema, "next": link, "previous": link}
        return {"type": "object", "required": ["results", "next", "previous"], "properties": members}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe `limit` and `cursor` for OpenAPI."""
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        schemas: dict[str, dict[str, Any]] = {"limit": limit, "cursor": {"type": "string"}}
        return [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in schemas.items()]

    def _note_neighbours(self, rows: list[Any], *, backwards: bool, started: bool) -> None:
        more = len(rows) > self.limit
        self.page = rows[: self.limit][::-1] if backwards else rows[: self.limit]
        has_next, has_previous = (started, more) if backwards else (more, started)
        self.next = self._link(self.page[-1], backwards=False) if has_next and self.page else None
        self.previous = self._link(self.page[0], backwards=True) if has_previous and self.page else None

    def _beyond(self, place: list[Any], *, falling: bool) -> Q:
        """Return the condition for rows after `place`: (a, b) > (x, y) written out for every database."""
        word = "lt" if falling else "gt"
        condition = Q()
        for index, name in enumerate(self.names):
            equal = {self.names[i]: place[i] for i in range(index)}
            condition |= Q(**equal, **{f"{name}__{word}": place[index]})
        # Says nothing new, but lets an index find the first row.
        return condition & Q(**{f"{self.names[0]}__{word}e": place[0]})

    def _link(self, row: Any, *, backwards: bool) -> str:
        values = [row[name] if isinstance(row, Mapping) else getattr(row, name) for name in self.names]
        kept = {name: value for name, value in self.request.query_params.items() if name not in PAGE_PARAMETERS}
        query = {**kept, "limit": self.limit, "cursor": self._write_cursor(values, backwards=backwards)}
        return f"{self.request.build_absolute_uri(self.request.path)}?{urlencode(query)}"

    def _write_cursor(self, values: list[Any], *, backwards: bool) -> str:
        text = json.dumps([backwards, *values], default=str, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._seal(text) + text).decode().rstrip("=")

    def _read_cursor(self, model: type[Model], cursor: str | None) -> tuple[bool, list[Any]]:
        if cursor is None:
            return False, []
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            if not hmac.compare_digest(raw[:16], self._seal(raw[16:])):
                raise ValueError
        except ValueError:
            raise ValidationFailed([("cursor", "Take the cursor from `next` or `previous` as it is.")]) from None
        backwards, *values = json.loads(raw[16:])
        fields = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in self.names]
        return backwards, [field.to_python(value) for field, value in zip(fields, values, strict=True)]

    def _seal(self, text: bytes) -> bytes:
        """Return 16 bytes that only this list of this installation puts before a cursor."""
        place = f"{self.request.path}\n{self.names}\n{self.falling}\n".encode()
        return hmac.digest(settings.SECRET_KEY.encode(), b"core.pagination\n" + place + text, hashlib.sha256)[:16]


def _read_limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise ValidationFailed([("limit", f"Send a whole number from 1 to {MAX_LIMIT}.")])
    return int(text)
