"""The paths of payments, below /api/v1/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
