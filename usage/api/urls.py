"""The paths of usage, below /api/v1/. The names are those of the acts in the audit log."""

from django.urls import path

from . import budgets, events, rates, summary

urlpatterns = [
    path("usage/estimate", events.EstimateView.as_view(), name="usage-estimate"),
    path("usage/events", events.EventsView.as_view(), name="usage-record"),
    path("usage/summary", summary.SummaryView.as_view(), name="usage-summary"),
    path("rates", rates.RatesView.as_view(), name="rate-create"),
    path("rates/<uuid:rate_id>", rates.RateView.as_view(), name="rate"),
    path("budgets", budgets.BudgetsView.as_view(), name="budget-create"),
    path("budgets/<uuid:budget_id>", budgets.BudgetView.as_view(), name="budget-change"),
]
