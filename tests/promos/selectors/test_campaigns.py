"""What a campaign brought is added up from the ledger."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from core import clock
from credits import services as credit_services
from credits.models import Grant
from promos import services
from promos.selectors.campaigns import campaign_stats
from promos.services.referrals import CAMPAIGN
from tests.promos.makers import buy, make_code, make_wallet, redeem

pytestmark = pytest.mark.django_db


def sums(campaign: str = "c") -> list[Decimal]:
    stats = campaign_stats(campaign=campaign)
    return [stats.given, stats.consumed, stats.expired, stats.remaining, stats.taken_back]


def test_credits_are_consumed_expired_left_or_taken_back() -> None:
    make_code("ONE", campaign="c", amount=Decimal(10), expires_in_days=5, max_redemptions_per_wallet=2)
    make_code("TWO", campaign="c", bonus_percent=10)
    make_code("OTHER", campaign="d")
    for name in ("ann", "bob", "cleo"):
        make_wallet(name)
        redeem("ONE", name)
        redeem("OTHER", name)
    redeem("TWO", "ann")
    stats = campaign_stats(campaign="c")
    assert (stats.codes, stats.active, stats.redeemed, stats.waiting) == (2, 2, 4, 1)
    buy("ann", credits="70")
    credit_services.void_grant(grant=str(Grant.objects.get(wallet__reference="bob", amount=10).pk), reason="test")
    used = credit_services.consume(reference="cleo", amount=Decimal(4))
    credit_services.reverse_entry(entry=used.entry.id, amount=Decimal(1), reason="test")
    assert sums() == [37, 3, 0, 24, 10]
    with time_machine.travel(clock.now() + timedelta(days=6)):
        # Nobody looked at these wallets since.
        assert sums() == [37, 3, 17, 7, 10]


def test_both_grants_of_a_referral_count() -> None:
    for name in ("ann", "bob"):
        make_wallet(name)
    with override_settings(REFERRAL_GRANT="20", REFERRER_GRANT="50"):
        code, _ = services.open_referral_code(reference="ann", actor="x")
    redeem(code.code, "bob")
    buy("bob")
    assert sums(CAMPAIGN) == [70, 0, 0, 70, 0]


def test_the_number_of_statements_does_not_grow_with_the_uses() -> None:
    make_code(campaign="c")
    counts = []
    for name in ("ann", "bob", "cleo"):
        make_wallet(name)
        redeem(reference=name)
        with CaptureQueriesContext(connection) as queries:
            campaign_stats(campaign="c")
        counts.append(len(queries))
    assert len(set(counts)) == 1
