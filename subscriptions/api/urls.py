"""The paths of subscriptions, below /api/v1/."""

from django.urls import path

from . import allowances, plans, subscriptions

urlpatterns = [
    path("plans", plans.PlansView.as_view(), name="plans"),
    path("plans/<str:plan_code>", plans.PlanView.as_view(), name="plan"),
    path("subscriptions", subscriptions.SubscriptionsView.as_view(), name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>", subscriptions.SubscriptionView.as_view(), name="subscription"),
    path("subscriptions/<uuid:subscription_id>/change", subscriptions.ChangeView.as_view(), name="subscription-change"),
    path("subscriptions/<uuid:subscription_id>/cancel", subscriptions.CancelView.as_view(), name="subscription-cancel"),
    path("subscriptions/<uuid:subscription_id>/resume", subscriptions.ResumeView.as_view(), name="subscription-resume"),
    path("subscriptions/<uuid:subscription_id>/pause", subscriptions.PauseView.as_view(), name="subscription-pause"),
    path("allowances", allowances.AllowancesView.as_view(), name="allowances"),
    path("allowances/<uuid:allowance_id>", allowances.AllowanceView.as_view(), name="allowance"),
    path("allowances/<uuid:allowance_id>/dry-run", allowances.DryRunView.as_view(), name="allowance-dry-run"),
]
