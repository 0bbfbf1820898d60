"""One page: every URL of the project."""

from csp.decorators import csp_update
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.permissions import by_method, requires
from core.api.health import healthz, readyz
from core.api.pages import problem_types
from core.api.schemas import SchemaView
from core.api.test_clock import TestClockView
from notifications.api.unsubscribe import UnsubscribeView

handler400 = "core.api.pages.bad_request"
handler403 = "core.api.pages.permission_denied"
handler404 = "core.api.pages.not_found"
handler500 = "core.api.pages.server_error"

# The views of core stand below accounts and cannot name its permissions themselves.
SCHEMA_RIGHTS = by_method(
    GET=requires(scope="admin", perm="core.view_attributeschema"),
    PUT=requires(scope="admin", perm="core.add_attributeschema"),
)
TEST_CLOCK_RIGHTS = requires(scope="admin", perm="core.change_testclock")

# Swagger UI sets style attributes and carries its icons in data: URLs; nothing else may.
docs_page = csp_update({"style-src": "'unsafe-inline'", "img-src": ["'self'", "data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("healthz", healthz),
    path("readyz", readyz),
    path("problems", problem_types),
    path("unsubscribe/<str:token>", UnsubscribeView.as_view(), name="unsubscribe"),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", docs_page, name="docs"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("credits.api.urls")),
    path("api/v1/", include("usage.api.urls")),
    path("api/v1/", include("promos.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("", include("payments.urls")),
    path("api/v1/", include("subscriptions.api.urls")),
    path("api/v1/", include("notifications.api.urls")),
    path("api/v1/schemas/<str:subject>", SchemaView.as_view(permission_classes=[SCHEMA_RIGHTS])),
    path("api/v1/test-clock", TestClockView.as_view(permission_classes=[TEST_CLOCK_RIGHTS])),
]
