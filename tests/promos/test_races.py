"""Many at once on one code: limits are exact on every database."""

from decimal import Decimal

import pytest
from django.test import override_settings

from credits.models import Grant
from promos.models import CodeBatch, GroupUse, PromoCode, Redemption, RefusalCount
from promos.services import generate_codes
from tests.concurrency.crew import Outcome, Race, race_in_threads
from tests.promos import jobs
from tests.promos.makers import OPERATOR, balance, make_code, make_wallet, redeem

RACERS = 20


def count(outcomes: list[Outcome], *refusals: str) -> int:
    """Return how many succeeded; anything but the named refusals fails the test."""
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert {outcome.refusal for outcome in outcomes} <= {None, *refusals}
    return sum(outcome.succeeded for outcome in outcomes)


@pytest.fixture
def names(transactional_db: None) -> list[str]:
    """Twenty wallets."""
    found = [f"w{number}" for number in range(RACERS)]
    for name in found:
        make_wallet(name)
    return found


def test_r05_twenty_racers_on_the_last_use_are_one(names: list[str], race: Race) -> None:
    make_code(max_redemptions=2)
    redeem(reference="w0")
    make_wallet("last")
    assert count(race(jobs.use, [("summer", name) for name in [*names[1:], "last"]]), "code_exhausted") == 1
    assert Grant.objects.count() == Redemption.objects.count() == PromoCode.objects.get().redeemed == 2


def test_r05_twenty_racers_of_one_wallet_use_a_code_as_often_as_it_may(names: list[str], race: Race) -> None:
    make_code(max_redemptions_per_wallet=3)
    assert count(race(jobs.use, [("SUMMER", "w0")] * RACERS), "code_already_redeemed") == 3
    assert sorted(Redemption.objects.values_list("ordinal", flat=True)) == [1, 2, 3]
    assert balance("w0") == 15


@pytest.mark.parametrize("terms", [{"amount": Decimal(5)}, {"bonus_percent": 5}], ids=["credits", "percent"])
def test_codes_that_exclude_each_other_are_used_by_a_wallet_once(names: list[str], race: Race, terms: dict) -> None:
    codes = [f"CODE-{number}" for number in range(5)]
    for code in codes:
        make_code(code, group="summer", is_stackable=False, **terms)
    assert count(race(jobs.use, [(code, "w0") for code in codes * 4]), "code_already_redeemed") == 1
    assert (Redemption.objects.count(), GroupUse.objects.count()) == (1, 1)
    assert sum(PromoCode.objects.values_list("redeemed", flat=True)) == 1


def test_many_wallets_use_many_codes_without_waiting_in_a_circle(names: list[str], race: Race) -> None:
    codes = [f"CODE-{number}" for number in range(4)]
    for number, code in enumerate(codes):
        make_code(code, group=f"g{number}", is_stackable=False)
    calls = [(codes[(number + shift) % 4], name) for number, name in enumerate(names[:6]) for shift in range(4)]
    assert count(race(jobs.use, calls)) == 24


def test_r28_racers_that_make_one_code_in_two_spellings_make_one(transactional_db: None, race: Race) -> None:
    calls = [(("launch100", "LAUNCH100", "Launch100")[number % 3], number + 1) for number in range(RACERS)]
    assert count(race(jobs.make, calls), "code_taken") == 1


def test_nobody_redeems_after_a_batch_is_revoked(names: list[str], race: Race) -> None:
    generate_codes(count=1, campaign="c", origin=OPERATOR, amount=5, max_redemptions=None)
    code = PromoCode.objects.get().code
    calls = [("revoke" if number == 7 else "use", code, name) for number, name in enumerate(names)]
    outcomes = race(jobs.revoke_or_use, calls)
    used = count(outcomes, "code_inactive") - 1
    assert outcomes[7].value is not None
    # What the revoking one saw in the row is all that was ever used of it.
    assert int(outcomes[7].value) == used == Redemption.objects.count()
    assert CodeBatch.objects.get().revoked_at is not None


def test_one_purchase_told_twenty_times_at_once_is_rewarded_once(names: list[str], race: Race) -> None:
    make_code(bonus_percent=10)
    redeem(reference="w0")
    assert count(race(jobs.reward, [("w0", "p1")] * RACERS)) == RACERS
    assert (balance("w0"), Grant.objects.count()) == (10, 1)


def test_a_wallet_that_asks_for_its_referral_code_many_times_has_one(names: list[str]) -> None:
    with override_settings(REFERRAL_GRANT="1", REFERRER_GRANT="1"):
        outcomes = race_in_threads(jobs.refer, [("w0",)] * RACERS)
    assert count(outcomes) == RACERS
    assert len({outcome.value for outcome in outcomes}) == PromoCode.objects.count() == 1


def test_refusals_at_once_are_all_counted(transactional_db: None, race: Race) -> None:
    assert count(race(jobs.count_refusal, [("code_unknown",)] * RACERS)) == RACERS
    assert RefusalCount.objects.get().count == RACERS
