"""Answer with one page of a list."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.pagination import CursorPagination


def page_of(rows: QuerySet[Any], view: APIView, show: Callable[[list[Any]], list[dict[str, Any]]]) -> Response:
    """Return the page that the view's request asks for, in the view's `ordering`, as `show` shows its rows."""
    pagination = CursorPagination()
    page = pagination.paginate_queryset(rows, view.request, view)
    return pagination.get_paginated_response(show(page))
