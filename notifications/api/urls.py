"""The paths of notifications, below /api/v1/; the names say what an operator did there."""

from django.urls import path

from . import endpoints, notices

ENDPOINT = "webhook-endpoints/<uuid:endpoint_id>"

urlpatterns = [
    path("notifications", notices.NoticesView.as_view(), name="notices"),
    path("notifications/<uuid:notice_id>/read", notices.ReadNoticeView.as_view(), name="notice-read"),
    path("notification-preferences", notices.PreferencesView.as_view(), name="notification_preferences-replace"),
    path("webhook-endpoints", endpoints.EndpointsView.as_view(), name="webhook_endpoint-open"),
    path(ENDPOINT, endpoints.EndpointView.as_view(), name="webhook_endpoint-change"),
    path(f"{ENDPOINT}/test", endpoints.EndpointTestView.as_view(), name="webhook_endpoint-test"),
    path(f"{ENDPOINT}/deliveries", endpoints.DeliveriesView.as_view(), name="webhook_deliveries"),
    path(
        f"{ENDPOINT}/deliveries/<uuid:delivery_id>/redeliver",
        endpoints.RedeliverView.as_view(),
        name="webhook_endpoint-redeliver",
    ),
]
