"""Subscriptions: start, look at, change, cancel, pause, resume."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method, caller_of
from core.api.bodies import read_body
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.bodies import NothingBody
from credits.api.openapi import NO_WALLET
from credits.api.pages import page_of

from .. import services
from ..selectors.subscriptions import list_subscriptions
from ..services.changing import preview_change
from . import openapi, shapes
from .base import GRANT_OWN, READ_OWN, audited, is_customer, origin_of, own_subscription, reference_of
from .bodies import CancelBody, ChangeBody, SubscriptionBody, SubscriptionQuery
from .checkouts import paying_at, with_checkout
from .representations import changed_of, subscription_of, subscriptions_of

FOUND = (openapi.NO_SUBSCRIPTION, openapi.WRONG_STATE)


class SubscriptionsView(LeanView):
    permission_classes = (by_method(GET=READ_OWN, POST=GRANT_OWN),)

    @extend_schema(
        **openapi.listing("subscriptions_list", shapes.Subscription, query=SubscriptionQuery, refusals=(NO_WALLET,))
    )
    def get(self, request: Request) -> Response:
        """List subscriptions, newest first: a customer's own, or those of the wallet that is named."""
        filters = read_query(request, SubscriptionQuery, paginated=True)
        if caller_of(request).principal == "customer" or "reference" in filters:
            filters["reference"] = reference_of(request, filters.get("reference"))
        return page_of(list_subscriptions(**filters), self, subscriptions_of)

    @extend_schema(
        **openapi.operation(
            "subscriptions_create",
            body=SubscriptionBody,
            answers={201: shapes.Subscription},
            refusals=(NO_WALLET, openapi.NO_PLAN, openapi.NOT_OFFERED, openapi.SUBSCRIBED, openapi.NO_PROVIDER),
        )
    )
    @with_checkout
    @idempotent()
    @audited("subscription.start")
    def post(self, request: Request) -> Response:
        """Subscribe a wallet to a plan.

        A customer pays for a plan with a price: the subscription is `past_due` until `charge` is paid. A service or an
        operator gives it, unless `is_billed` says otherwise. `checkout_url` in `charge` is where it is paid; null while
        the provider is slow to answer, and then it is there when the subscription is looked at again.
        """
        body = read_body(request, SubscriptionBody)
        reference = reference_of(request, body.pop("reference", None))
        if is_customer(request):
            body |= {"is_billed": True, "public_only": True}
        wish = paying_at(body)
        started = services.start_subscription(reference=reference, paying_at=wish, origin=origin_of(request), **body)
        return Response(subscription_of(started), status=201)


class SubscriptionView(LeanView):
    permission_classes = (READ_OWN,)

    @extend_schema(
        **openapi.operation(
            "subscriptions_retrieve", answers={200: shapes.Subscription}, refusals=(openapi.NO_SUBSCRIPTION,)
        )
    )
    def get(self, request: Request, subscription_id: UUID) -> Response:
        """Show a subscription."""
        read_query(request)
        return Response(subscription_of(own_subscription(request, subscription_id)))


class ChangeView(LeanView):
    permission_classes = (GRANT_OWN,)

    @extend_schema(
        **openapi.operation(
            "subscriptions_change",
            body=ChangeBody,
            answers={200: shapes.Changed},
            refusals=(
                openapi.NO_SUBSCRIPTION,
                openapi.NO_PLAN,
                openapi.NOT_OFFERED,
                openapi.NO_CHANGE,
                openapi.NO_PROVIDER,
            ),
        )
    )
    @with_checkout
    @idempotent()
    @audited("subscription.change")
    def post(self, request: Request, subscription_id: UUID) -> Response:
        """Change the plan: an upgrade comes now, for the rest of the period, a downgrade with the next one.

        With `preview` the numbers of now are answered and nothing is written. Parts of a period are counted in
        started hours. An upgrade that costs something comes when `charge` is paid, at its `checkout_url`.
        """
        body = read_body(request, ChangeBody)
        wish = paying_at(body)
        found = own_subscription(request, subscription_id)
        asked = {"subscription": found.pk, "plan": body["plan"], "public_only": is_customer(request)}
        if body.get("preview"):
            return Response(changed_of(preview_change(**asked)))
        changed = services.change_subscription(**asked, paying_at=wish, origin=origin_of(request))
        return Response(changed_of(changed))


class CancelView(LeanView):
    permission_classes = (GRANT_OWN,)

    @extend_schema(
        **openapi.operation("subscriptions_cancel", body=CancelBody, answers={200: shapes.Subscription}, refusals=FOUND)
    )
    @idempotent()
    @audited("subscription.cancel")
    def post(self, request: Request, subscription_id: UUID) -> Response:
        """End a subscription with its period, or now with `at_period_end` false; granted credits stay."""
        body = read_body(request, CancelBody)
        found = own_subscription(request, subscription_id)
        ended = services.cancel_subscription(subscription=found.pk, origin=origin_of(request), **body)
        return Response(subscription_of(ended))


class PauseView(LeanView):
    permission_classes = (GRANT_OWN,)

    @extend_schema(
        **openapi.operation("subscriptions_pause", body=NothingBody, answers={200: shapes.Subscription}, refusals=FOUND)
    )
    @idempotent()
    @audited("subscription.pause")
    def post(self, request: Request, subscription_id: UUID) -> Response:
        """Let no further period start until the subscription is resumed."""
        read_body(request, NothingBody)
        found = own_subscription(request, subscription_id)
        return Response(subscription_of(services.pause_subscription(subscription=found.pk, origin=origin_of(request))))


class ResumeView(LeanView):
    permission_classes = (GRANT_OWN,)

    @extend_schema(
        **openapi.operation(
            "subscriptions_resume", body=NothingBody, answers={200: shapes.Subscription}, refusals=FOUND
        )
    )
    @with_checkout
    @idempotent()
    @audited("subscription.resume")
    def post(self, request: Request, subscription_id: UUID) -> Response:
        """Take back a cancellation or a pause; if the period is over by now, the next one begins now."""
        read_body(request, NothingBody)
        found = own_subscription(request, subscription_id)
        return Response(subscription_of(services.resume_subscription(subscription=found.pk, origin=origin_of(request))))
