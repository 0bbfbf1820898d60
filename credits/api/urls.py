"""The paths of the ledger, below /api/v1/."""

from django.urls import path

from . import consumptions, entries, grants, holds, outlook, reports, transfers, wallets

urlpatterns = [
    path("wallets", wallets.WalletsView.as_view(), name="wallets"),
    path("wallets/<str:reference>", wallets.WalletView.as_view(), name="wallet"),
    path("wallets/<str:reference>/refresh", wallets.RefreshView.as_view(), name="wallet-refresh"),
    path("wallets/<str:reference>/freeze", wallets.FreezeView.as_view(), name="wallet-freeze"),
    path("wallets/<str:reference>/unfreeze", wallets.UnfreezeView.as_view(), name="wallet-unfreeze"),
    path("wallets/<str:reference>/adjust", wallets.AdjustView.as_view(), name="wallet-adjust"),
    path("wallets/<str:reference>/reset", wallets.ResetView.as_view(), name="wallet-reset"),
    path("wallets/<str:reference>/forgive-debt", wallets.ForgiveDebtView.as_view(), name="wallet-forgive-debt"),
    path("wallets/<str:reference>/grants", grants.GrantsView.as_view(), name="grants"),
    path("wallets/<str:reference>/consume", consumptions.ConsumeView.as_view(), name="consume"),
    path("wallets/<str:reference>/holds", holds.HoldsView.as_view(), name="holds"),
    path("wallets/<str:reference>/entries", entries.EntriesView.as_view(), name="entries"),
    path("wallets/<str:reference>/explain", outlook.ExplainView.as_view(), name="wallet-explain"),
    path("wallets/<str:reference>/expiring", outlook.ExpiringView.as_view(), name="wallet-expiring"),
    path("wallets/<str:reference>/stats", outlook.StatsView.as_view(), name="wallet-stats"),
    path("wallets/<str:reference>/forecast", outlook.ForecastView.as_view(), name="wallet-forecast"),
    path("consumptions", consumptions.ConsumptionsView.as_view(), name="consumptions"),
    path("grants/<uuid:grant_id>/void", grants.VoidView.as_view(), name="grant-void"),
    path("holds/<uuid:hold_id>", holds.HoldView.as_view(), name="hold"),
    path("holds/<uuid:hold_id>/capture", holds.CaptureView.as_view(), name="hold-capture"),
    path("holds/<uuid:hold_id>/release", holds.ReleaseView.as_view(), name="hold-release"),
    path("holds/<uuid:hold_id>/extend", holds.ExtendView.as_view(), name="hold-extend"),
    path("entries/<uuid:entry_id>", entries.EntryView.as_view(), name="entry"),
    path("entries/<uuid:entry_id>/explain", entries.ExplainEntryView.as_view(), name="entry-explain"),
    path("entries/<uuid:entry_id>/reverse", entries.ReverseView.as_view(), name="entry-reverse"),
    path("transfers", transfers.TransfersView.as_view(), name="transfers"),
    path("reports/trial-balance", reports.TrialBalanceView.as_view(), name="trial-balance"),
    path("ledger/checkpoint", reports.CheckpointView.as_view(), name="checkpoint"),
]
