"""What a view needs that only ever answers JSON: none of the choices that a browsable API makes for each request."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

_PLAIN = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False, default=JSONEncoder().default
)
_ANYTHING = frozenset({"", "*/*", "application/json"})


class LeanJSONRenderer(BaseRenderer):
    """Write JSON as UTF-8, with one encoder for all answers."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the text of `data`; nothing at all for None."""
        return b"" if data is None else _PLAIN.encode(data).encode()


class LeanNegotiation(DefaultContentNegotiation):
    """Choose what `?format=` names where there is a choice, else what `Accept` wants most (RFC 9110, 12.5.1)."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type; raises NotAcceptable."""
        first, *others = renderers
        accept = request.META.get("HTTP_ACCEPT", "")
        if not others and accept in _ANYTHING:
            return first, first.media_type
        named = request.query_params.get("format") if others else None
        for renderer in (first, *others):
            if renderer.format == named:
                return renderer, renderer.media_type
        best = max((first, *others), key=lambda renderer: _quality(accept or "*/*", renderer.media_type))
        if not _quality(accept or "*/*", best.media_type):
            raise NotAcceptable
        return best, best.media_type


def _quality(accept: str, media_type: str) -> float:
    """Return how much a caller wants a media type: what the most specific range that covers it says."""
    ranges = [MediaType(text.strip().lower()) for text in accept.split(",")]
    for name in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        qualities = [one.quality for one in ranges if f"{one.main_type}/{one.sub_type}" == name]
        if qualities:
            return float(max(qualities))
    return 0.0


class LeanView(APIView):
    """A view that answers JSON."""

    renderer_classes: Sequence[type[BaseRenderer]] = (LeanJSONRenderer,)
    content_negotiation_class = LeanNegotiation
