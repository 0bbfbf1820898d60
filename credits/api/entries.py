"""The statement: entries as pages or as CSV, one entry, why it is there, and its reversal."""

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.bodies import read_body
from core.api.fields import InstantField, StrictSerializer
from core.api.lean import LeanJSONRenderer
from core.api.queries import read_query

from .. import selectors, services
from ..engine.kinds import KINDS
from ..exceptions import NotReversible
from ..models import LedgerEntry
from ..selectors.posted import read_entry
from . import explained, exports, openapi, shapes
from .audited import LedgerView
from .base import GRANT, READ_OWN, answer_entry, entry_of_path, origin_of, own_reference, wallet_of_path
from .bodies import ReverseBody
from .pages import page_of
from .representations import row_of

NOT_REVERSIBLE = NotReversible("Nothing of this entry is left to reverse.")


class EntryFilter(StrictSerializer):
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    contra = serializers.ChoiceField(choices=shapes.CONTRAS, required=False)
    since = InstantField(required=False)
    until = InstantField(required=False)
    format = serializers.ChoiceField(choices=["json", "csv"], required=False, help_text="As `Accept` would ask.")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]  # takes no parameter at run time
        """Name the ends as callers do; `from` is a word of Python."""
        fields = super().get_fields()
        return {{"since": "from", "until": "to"}.get(name, name): field for name, field in fields.items()}


class EntriesView(LedgerView):
    permission_classes = (READ_OWN,)
    renderer_classes = (LeanJSONRenderer, exports.CSVRenderer)
    ordering = ("-sequence",)

    @openapi.listing("entries_list", shapes.Entry, query=EntryFilter, other={"text/csv": exports.sample})
    def get(self, request: Request, reference: str) -> Response | exports.CSVResponse:
        """List a wallet's entries, newest first, `from` <= effective_at < `to`; as CSV all of them at once."""
        filters = read_query(request, EntryFilter, paginated=True)
        wanted = {"since": filters.pop("from", None), "until": filters.pop("to", None), **filters}
        wanted.pop("format", None)
        as_csv = exports.wants_csv(request)
        named = wallet_of_path(request, reference)
        entries = selectors.list_entries(named, **wanted)
        return exports.CSVResponse(entries, named) if as_csv else page_of(entries, self, _rows_of)


class EntryView(LedgerView):
    permission_classes = (READ_OWN,)

    @openapi.shows("entries_retrieve", shapes.Entry, openapi.NO_ENTRY)
    def get(self, request: Request, entry_id: UUID) -> Response:
        """Show an entry."""
        read_query(request)
        return Response(row_of(read_entry(entry_of_path(request, entry_id))))


class ExplainEntryView(LedgerView):
    permission_classes = (READ_OWN,)

    @openapi.shows("entry_explain", explained.EntryExplained, openapi.NO_ENTRY)
    def get(self, request: Request, entry_id: UUID) -> Response:
        """Tell what an entry moved in which grants, why it was posted, and what followed from it."""
        read_query(request)
        entry = entry_of_path(request, entry_id)
        return Response(selectors.explain_entry(entry, within=own_reference(request)))


class ReverseView(LedgerView):
    permission_classes = (GRANT,)

    @openapi.posts("entry_reverse", ReverseBody, shapes.PostedEntry, openapi.NO_ENTRY, NOT_REVERSIBLE)
    def post(self, request: Request, entry_id: UUID) -> Response:
        """Give a consumption back: what is left of it, or `amount`.

        Credits of a grant that has expired since expire at once, unless `expires_at` gives them a new life.
        """
        body = read_body(request, ReverseBody)
        entry = entry_of_path(request, entry_id)
        return answer_entry(services.reverse_entry(entry=entry, origin=origin_of(request), **body))


def _rows_of(entries: list[LedgerEntry]) -> list[dict[str, object]]:
    return [row_of(entry) for entry in entries]
