"""The pages of payments, at the root: browsers come here, not programs."""

from django.urls import path

from .pages import returned
from .sandbox.pages import SandboxView

urlpatterns = [
    path("checkout/<uuid:payment_id>/return", returned, name="checkout-returned"),
    path("sandbox/<str:checkout_id>", SandboxView.as_view(), name="sandbox-checkout"),
]
