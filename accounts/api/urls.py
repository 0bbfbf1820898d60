"""The paths of people and keys, below /api/v1/."""

from django.urls import path

from accounts.api import api_keys, auth, me

urlpatterns = [
    path("auth/register", auth.RegisterView.as_view(), name="register"),
    path("auth/token", auth.TokenView.as_view(), name="token"),
    path("auth/token/refresh", auth.RefreshView.as_view(), name="token-refresh"),
    path("auth/logout", auth.LogoutView.as_view(), name="logout"),
    path("me", me.MeView.as_view(), name="me"),
    path("api-keys", api_keys.ApiKeysView.as_view(), name="api-keys"),
    path("api-keys/<uuid:key_id>", api_keys.ApiKeyView.as_view(), name="api-key"),
]
