"""The paths of promos, below /api/v1/."""

from django.urls import URLPattern, path

from . import batches, codes, redemptions, referrals

urlpatterns: list[URLPattern] = [
    path("promo-codes", codes.CodesView.as_view(), name="promo-codes"),
    path("promo-codes/generate", batches.GenerateView.as_view(), name="promo-codes-generate"),
    path("promo-codes/<str:code>", codes.CodeView.as_view(), name="promo-code"),
    path("promo-codes/<str:code>/eligibility", redemptions.EligibilityView.as_view(), name="promo-code-eligibility"),
    path("promo-batches", batches.BatchesView.as_view(), name="promo-batches"),
    path("promo-batches/<uuid:batch_id>", batches.BatchView.as_view(), name="promo-batch"),
    path("promo-batches/<uuid:batch_id>/codes", batches.BatchCodesView.as_view(), name="promo-batch-codes"),
    path("promo-batches/<uuid:batch_id>/revoke", batches.RevokeView.as_view(), name="promo-batch-revoke"),
    path("promo-campaigns/<str:campaign>", batches.CampaignView.as_view(), name="promo-campaign"),
    path("redemptions", redemptions.RedemptionsView.as_view(), name="redemption-redeem"),
    path("referral-code", referrals.ReferralCodeView.as_view(), name="referral-code"),
]
