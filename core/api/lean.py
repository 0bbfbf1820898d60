"""What a view needs that only ever answers JSON: none of the choices that a browsable API makes for each request."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
    """Choose the first renderer at once for callers who take JSON or anything; look closer for the others."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type; raises NotAcceptable."""
        if request.META.get("HTTP_ACCEPT", "") in _ANYTHING:
            renderer = next(iter(renderers))
            return renderer, renderer.media_type
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


class LeanView(APIView):
    """A view that answers JSON."""

    renderer_classes: Sequence[type[BaseRenderer]] = (LeanJSONRenderer,)
    content_negotiation_class = LeanNegotiation
