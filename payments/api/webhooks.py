"""POST /webhooks/{provider}: the one call that is authenticated by a signature over its raw body."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.lean import LeanView

from ..exceptions import WebhookRefused
from ..services.provider_events import receive_webhook
from . import openapi, shapes


class WebhookView(LeanView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    # The signature is over bytes, so nothing may read them first.
    parser_classes = ()

    @extend_schema(
        **openapi.operation(
            "webhook_receive",
            body=shapes.Webhook,
            answers={200: shapes.Stored},
            refusals=(WebhookRefused(),),
            is_keyed=False,
        )
    )
    def post(self, request: Request, provider: str) -> Response:
        """Store a provider's webhook, once however often it comes; what it means is done after the answer."""
        plain = request._request
        receive_webhook(provider=provider, body=plain.body, headers=_headers(plain.META), at=clock.now())
        return Response({"status": "stored"})


def _headers(meta: dict[str, str]) -> dict[str, str]:
    """Return the headers of a request, named as providers name them."""
    return {name[5:].replace("_", "-"): value for name, value in meta.items() if name.startswith("HTTP_")}
