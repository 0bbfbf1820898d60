"""A small product whose calls are metered: what its handlers use is written in the query."""

from django.urls import include, path

from core.api.health import healthz
from tests.usage.site import streams, views

handler500 = "core.api.pages.server_error"

urlpatterns = [
    path("healthz", healthz),
    path("api/v1/", include("credits.api.urls")),
    path("m/record", views.record),
    path("m/arecord", views.arecord),
    path("m/answer", views.answer),
    path("m/raise", views.fail),
    path("m/araise", views.afail),
    path("m/slow", views.slow),
    path("m/free/record", views.record),
    path("m/background", views.background),
    path("m/threads", views.threads),
    path("m/loop", views.where),
    path("m/stream", streams.stream),
    path("m/astream", streams.astream),
    path("m/source", streams.source),
    path("flat/view", views.FlatView.as_view()),
    path("flat/decorated", views.decorated),
    path("flat/adecorated", views.adecorated),
    path("limited", views.LimitedView.as_view()),
]
