"""GET, POST /api-keys and DELETE /api-keys/{id}."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import openapi
from accounts.api.serializers import ApiKeyRequestSerializer, ApiKeySerializer, NewApiKeySerializer
from accounts.models import ApiKey
from accounts.permissions import by_method, requires
from accounts.services.api_keys import create_api_key, revoke_api_key
from accounts.services.audit import origin_of
from core.api.bodies import read_body
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.pagination import CursorPagination
from core.api.queries import read_query
from core.exceptions import NotFound


class ApiKeysView(LeanView, ListAPIView[ApiKey]):
    permission_classes = (
        by_method(
            GET=requires(scope="admin", perm="accounts.view_apikey"),
            POST=requires(scope="admin", perm="accounts.add_apikey"),
        ),
    )
    serializer_class = ApiKeySerializer
    pagination_class = CursorPagination
    queryset = ApiKey.objects.all()

    @extend_schema(**openapi.operation("api_keys_list", answers={200: ApiKeySerializer(many=True)}, shows=openapi.KEY))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the keys, the newest first."""
        read_query(request, paginated=True)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        **openapi.operation(
            "api_keys_create",
            body=ApiKeyRequestSerializer,
            answers={201: NewApiKeySerializer},
            refusals=(422,),
            asks={"name": "gateway", "scope": "spend"},
            shows={**openapi.KEY, "key": "sk_k7m2p9q4xz_…"},
            parameters=[openapi.IDEMPOTENCY_KEY],
        )
    )
    @idempotent(secrets=("key",))
    def post(self, request: Request) -> Response:
        """Make a key; its text is in this answer and nowhere else."""
        body = read_body(request, ApiKeyRequestSerializer)
        made = create_api_key(origin=origin_of(request), **body)
        return Response({**ApiKeySerializer(made.key).data, "key": made.secret}, status=201)


class ApiKeyView(LeanView):
    permission_classes = (by_method(DELETE=requires(scope="admin", perm="accounts.delete_apikey")),)

    @extend_schema(**openapi.operation("api_keys_revoke", answers={204: None}, refusals=(404,)))
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke a key; it is refused everywhere within a minute."""
        read_query(request)
        key = ApiKey.objects.filter(pk=key_id).first()
        if key is None:
            raise NotFound
        revoke_api_key(key=key, origin=origin_of(request))
        return Response(status=204)
