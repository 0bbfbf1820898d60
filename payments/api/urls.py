"""The paths of payments, below /api/v1/."""

from django.urls import URLPattern, path

from . import auto_top_up, packs, payments, portal, receipts, refunds, webhooks

urlpatterns: list[URLPattern] = [
    path("credit-packs", packs.PacksView.as_view(), name="credit-packs"),
    path("payments", payments.PaymentsView.as_view(), name="payments"),
    path("payments/<uuid:payment_id>", payments.PaymentView.as_view(), name="payment"),
    path("payments/<uuid:payment_id>/receipt", receipts.ReceiptView.as_view(), name="payment-receipt"),
    path("payments/<uuid:payment_id>/refund", refunds.RefundView.as_view(), name="payment-refund"),
    path("auto-top-up", auto_top_up.AutoTopUpView.as_view(), name="auto-top-up"),
    path("payment-portal", portal.PortalView.as_view(), name="payment-portal"),
    path("webhooks/<str:provider>", webhooks.WebhookView.as_view(), name="webhook"),
]
