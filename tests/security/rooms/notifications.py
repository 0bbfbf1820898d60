"""The rows of notifications; the columns are those of tests.security.table."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from notifications.models import Delivery, Notice, WebhookEndpoint
from notifications.services.endpoints import open_endpoint
from notifications.unsubscribing import Subscription, unsubscribe_url

ENDPOINT = "webhook-endpoints/<uuid:endpoint_id>"
REDELIVER = f"{ENDPOINT}/deliveries/<uuid:delivery_id>/redeliver"
TABLE = """
          GET    unsubscribe/<str:token>                   200 200 200    200 200 200 200         200 200 200
          POST   unsubscribe/<str:token>                   200 200 200    200 200 200 200         200 200 200

          GET    notifications                             401 200 200    200 200 200 200         200 200 200
          POST   notifications/<uuid:notice_id>/read       401 200 404    403 200 200 200         403 403 200
          GET    notification-preferences                  401 200 200    400 400 400 400         400 400 400
          PUT    notification-preferences                  401 200 404    403 403 403 200         403 403 200
          GET    webhook-endpoints                         401 200 200    403 403 403 200         200 200 200
          POST   webhook-endpoints                         401 201 404    403 403 403 201         403 403 201
          GET    webhook-endpoints/<uuid:endpoint_id>      401 200 404    403 403 403 200         200 200 200
          PATCH  webhook-endpoints/<uuid:endpoint_id>      401 200 404    403 403 403 200         403 403 200
          DELETE webhook-endpoints/<uuid:endpoint_id>      401 204 404    403 403 403 204         403 403 204
          POST   webhook-endpoints/<uuid:endpoint_id>/test 401 202 404    403 403 403 202         403 403 202
          GET    webhook-endpoints/<uuid:endpoint_id>/deliveries 401 200 404 403 403 403 200     200 200 200
"""
TABLE += f"POST {REDELIVER} 401 202 404 403 403 403 202 403 403 202"
# The body of each write, and what must hold before a call can succeed.
BODIES: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("POST", "notifications/<uuid:notice_id>/read"): lambda world: {},
    ("PUT", "notification-preferences"): lambda world: {"reference": world.reference, "expiring_days": [3]},
    ("POST", "webhook-endpoints"): lambda world: {
        "reference": world.reference,
        "url": "https://example.com/hooks",
        "description": "d",
    },
    ("PATCH", ENDPOINT): lambda world: {"description": "d"},
    ("POST", f"{ENDPOINT}/test"): lambda world: {},
    ("POST", REDELIVER): lambda world: {},
}
BEFORE: dict[tuple[str, str], Callable[[Any], None]] = {}


def arguments(world: Any) -> dict[str, str]:
    """Return the values for the paths of this room, all about objects of customer A; called once a world."""
    notice = Notice.objects.create(reference=world.reference, name="balance.low", key="k", title="t", text="t")
    endpoint = open_endpoint(reference=world.reference, url="https://example.com/hooks").endpoint
    link = unsubscribe_url(Subscription(world.reference, "email", "balance.low"))
    return {
        "notice_id": str(notice.pk),
        "endpoint_id": str(endpoint.pk),
        "delivery_id": str(_ended(endpoint).pk),
        "token": link.rpartition("/")[2],
    }


def _ended(endpoint: WebhookEndpoint) -> Delivery:
    return Delivery.objects.create(
        channel="webhook",
        endpoint=endpoint,
        name="credits.consumed",
        payload={},
        status="sent",
        next_attempt_at=None,
        ended_at=timezone.now(),
    )
