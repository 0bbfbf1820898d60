"""Admin lists of big tables: nothing on them counts, sorts or groups the whole table."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property

MAX_LISTED = 5000

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Paginator = Paginator[Any]
else:
    _ModelAdmin, _Paginator = admin.ModelAdmin, Paginator


class BoundedPaginator(_Paginator):
    """Pages of the first 5,000 rows; what lies further down is found by searching and filtering."""

    @cached_property
    def count(self) -> int:
        """Count at most as many rows as are listed."""
        listed: Any = self.object_list[:MAX_LISTED]
        return int(listed.count())

    @property
    def is_cut(self) -> bool:
        """Tell whether there may be rows that are not listed."""
        return self.count >= MAX_LISTED


class BigTableAdmin(_ModelAdmin):
    """A list that stays quick however many rows there are."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
