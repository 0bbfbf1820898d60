"""The paths of subscriptions, below /api/v1/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
