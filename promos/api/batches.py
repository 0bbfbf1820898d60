"""Batches: generate, list, download, revoke; and what a campaign brought."""

from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.audit import origin_of
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.bodies import ReasonBody, read_body
from credits.api.pages import page_of

from .. import services
from ..exports import csv_of
from ..models import CodeBatch, PromoCode
from ..selectors.campaigns import campaign_stats
from ..selectors.codes import find_batch
from . import openapi, shapes
from .base import ADD, CHANGE, VIEW
from .bodies import GenerateBody
from .examples import CSV
from .representations import batch_of, stats_of


class GenerateView(LeanView):
    permission_classes = (ADD,)

    @extend_schema(
        **openapi.operation("promo_codes_generate", body=GenerateBody, answers={201: shapes.CodeBatch}, is_keyed=True)
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        """Make up to 100,000 unguessable codes with the same terms; by default each works once."""
        body = read_body(request, GenerateBody)
        return Response(batch_of(services.generate_codes(origin=origin_of(request), **body)), status=201)


class BatchesView(LeanView):
    permission_classes = (VIEW,)

    @extend_schema(**openapi.listing("promo_batches_list", shapes.CodeBatch))
    def get(self, request: Request) -> Response:
        """List batches, newest first."""
        read_query(request, paginated=True)
        return page_of(CodeBatch.objects.all(), self, lambda page: [batch_of(batch) for batch in page])


class BatchView(LeanView):
    permission_classes = (VIEW,)

    @extend_schema(**openapi.operation("promo_batches_retrieve", answers={200: shapes.CodeBatch}, refusals=(404,)))
    def get(self, request: Request, batch_id: UUID) -> Response:
        """Show a batch."""
        read_query(request)
        return Response(batch_of(find_batch(batch_id)))


class BatchCodesView(LeanView):
    # Unused codes are worth what they give: who may make them may have them all.
    permission_classes = (ADD,)

    @extend_schema(**openapi.csv_file("promo_batches_codes", CSV))
    def get(self, request: Request, batch_id: UUID) -> StreamingHttpResponse:
        """Download the codes of a batch as CSV, with how often each was used."""
        read_query(request)
        batch = find_batch(batch_id)
        return csv_of(PromoCode.objects.filter(batch=batch), f"codes-{batch.campaign}-{batch.pk}")


class RevokeView(LeanView):
    permission_classes = (CHANGE,)

    @extend_schema(
        **openapi.operation("promo_batches_revoke", body=ReasonBody, answers={200: shapes.CodeBatch}, refusals=(404,))
    )
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Switch off all codes of a batch for good; what was granted stays."""
        reason = read_body(request, ReasonBody)["reason"]
        batch = services.revoke_batch(batch=find_batch(batch_id), origin=origin_of(request), reason=reason)
        return Response(batch_of(batch))


class CampaignView(LeanView):
    permission_classes = (VIEW,)

    @extend_schema(**openapi.operation("promo_campaigns_retrieve", answers={200: shapes.Campaign}, refusals=(404,)))
    def get(self, request: Request, campaign: str) -> Response:
        """Show how often a campaign's codes were used, and what became of the credits."""
        read_query(request)
        return Response(stats_of(campaign_stats(campaign=campaign)))
