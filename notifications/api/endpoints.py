"""Webhook endpoints, their deliveries, and a test of them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core.api.idempotency import idempotent
from core.api.pagination import CursorPagination
from core.api.queries import read_query
from core.exceptions import KeyReused, NotFound
from credits.api.audited import LedgerView
from credits.api.bodies import read_body
from credits.api.openapi import KEY
from credits.api.pages import page_of
from credits.exceptions import WalletNotFound

from ..exceptions import DeliveryWaiting, EndpointDisabled, TooManyEndpoints
from ..models import WebhookEndpoint
from ..services import deliveries, endpoints
from . import base, openapi
from .serializers import (
    DeliveriesQuery,
    DeliverySerializer,
    EndpointBody,
    EndpointChangeBody,
    EndpointSerializer,
    NothingBody,
    OpenedEndpointSerializer,
    WalletQuery,
)


class EndpointsView(LedgerView):
    permission_classes = (by_method(GET=base.SEE_ENDPOINTS, POST=base.OPEN_ENDPOINTS),)
    pagination_class = CursorPagination

    @extend_schema(
        **openapi.operation(
            "webhook_endpoints_list",
            answers={200: EndpointSerializer(many=True)},
            parameters=[WalletQuery],
            refusals=(WalletNotFound(),),
            shows=openapi.ENDPOINT,
        )
    )
    def get(self, request: Request) -> Response:
        """List endpoints, newest first; secrets are not shown."""
        query = read_query(request, WalletQuery, paginated=True)
        found = endpoints.list_endpoints(reference=base.wallet_meant(request, query.get("reference")))
        return page_of(found, self, lambda page: list(EndpointSerializer(page, many=True).data))

    @extend_schema(
        **openapi.operation(
            "webhook_endpoint_open",
            body=EndpointBody,
            answers={201: OpenedEndpointSerializer},
            parameters=[KEY],
            refusals=(WalletNotFound(), TooManyEndpoints(), KeyReused()),
            asks=openapi.ENDPOINT_ASKED,
            shows={**openapi.ENDPOINT, **openapi.SECRET},
        )
    )
    @idempotent(secrets=("secret",))
    def post(self, request: Request) -> Response:
        """Open an endpoint; the secret that verifies its signatures is in this answer and nowhere else."""
        body = read_body(request, EndpointBody)
        reference = base.wallet_meant(request, body.pop("reference", None)) or ""
        opened = endpoints.open_endpoint(reference=reference, **body)
        return Response({**EndpointSerializer(opened.endpoint).data, "secret": opened.secret}, status=201)


class EndpointView(LedgerView):
    permission_classes = (by_method(GET=base.SEE_ENDPOINTS, PATCH=base.CHANGE_ENDPOINTS, DELETE=base.DELETE_ENDPOINTS),)

    @extend_schema(
        **openapi.operation(
            "webhook_endpoints_retrieve",
            answers={200: EndpointSerializer},
            refusals=(NotFound(),),
            shows=openapi.ENDPOINT,
        )
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """Show an endpoint, and since when it fails."""
        read_query(request)
        return Response(EndpointSerializer(_seen(request, endpoint_id)).data)

    @extend_schema(
        **openapi.operation(
            "webhook_endpoints_update",
            body=EndpointChangeBody,
            answers={200: OpenedEndpointSerializer},
            refusals=(NotFound(),),
            asks={"rotate_secret": True},
            shows={**openapi.ENDPOINT, **openapi.SECRET},
        )
    )
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        """Change, enable or disable an endpoint, or rotate its secret, which is shown then; for a day both sign."""
        body = read_body(request, EndpointChangeBody)
        changed = endpoints.change_endpoint(endpoint_id=_seen(request, endpoint_id).pk, **body)
        return Response({**EndpointSerializer(changed.endpoint).data, "secret": changed.secret or None})

    @extend_schema(**openapi.operation("webhook_endpoints_destroy", answers={204: None}, refusals=(NotFound(),)))
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        """Delete an endpoint and its deliveries."""
        endpoints.delete_endpoint(endpoint=_seen(request, endpoint_id))
        return Response(status=204)


class EndpointTestView(LedgerView):
    permission_classes = (base.CHANGE_ENDPOINTS,)

    @extend_schema(
        **openapi.operation(
            "webhook_endpoint_test",
            body=NothingBody,
            answers={202: DeliverySerializer},
            refusals=(NotFound(), EndpointDisabled()),
            asks={},
            shows={**openapi.DELIVERY, "name": "webhook_endpoint.tested", "status": "waiting", "ended_at": None},
        )
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send the endpoint an event `webhook_endpoint.tested`; its deliveries show what came of it."""
        read_body(request, NothingBody)
        delivery = endpoints.send_test(endpoint=_seen(request, endpoint_id))
        return Response(DeliverySerializer(delivery).data, status=202)


class DeliveriesView(LedgerView):
    permission_classes = (base.SEE_DELIVERIES,)
    pagination_class = CursorPagination

    @extend_schema(
        **openapi.operation(
            "webhook_deliveries_list",
            answers={200: DeliverySerializer(many=True)},
            parameters=[DeliveriesQuery],
            refusals=(NotFound(),),
            shows=openapi.DELIVERY,
        )
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """List what was sent to an endpoint, newest first, with attempts and the last error."""
        query = read_query(request, DeliveriesQuery, paginated=True)
        found = _seen(request, endpoint_id).deliveries.filter(**query)
        return page_of(found, self, lambda page: list(DeliverySerializer(page, many=True).data))


class RedeliverView(LedgerView):
    permission_classes = (base.SEND_AGAIN,)

    @extend_schema(
        **openapi.operation(
            "webhook_delivery_redeliver",
            body=NothingBody,
            answers={202: DeliverySerializer},
            refusals=(NotFound(), DeliveryWaiting(), EndpointDisabled()),
            asks={},
            shows={**openapi.DELIVERY, "status": "waiting", "ended_at": None},
        )
    )
    def post(self, request: Request, endpoint_id: UUID, delivery_id: UUID) -> Response:
        """Send once more what has arrived or was given up, under the same `webhook-id`."""
        read_body(request, NothingBody)
        endpoint = _seen(request, endpoint_id)
        delivery = deliveries.redeliver(delivery_id=delivery_id, endpoint_id=endpoint.pk)
        return Response(DeliverySerializer(delivery).data, status=202)


def _seen(request: Request, endpoint_id: UUID) -> WebhookEndpoint:
    return endpoints.find_endpoint(endpoint_id=endpoint_id, reference=base.wallet_meant(request, None))
