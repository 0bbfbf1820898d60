import json

import pytest

from credits import selectors, services
from credits.checkpoints import HeadDigest, is_ours
from credits.models import Wallet
from tests.credits import damage
from tests.credits.selectors.ledgers import HOUR, START, D, at

pytestmark = pytest.mark.django_db


def test_wallets_and_contra_accounts_are_zero_together() -> None:
    damage.build()
    with at(START):
        services.issue_grant(reference="u", amount=D(9), source="allowance")
        answer = selectors.trial_balance()
    assert answer["total"] == "0"
    assert answer["contra"] == {
        "allowances": "-9",
        "promotions": "-9",
        "purchases": "-90",
        "transfers": "0",
        "usage": "27",
    }
    assert (answer["wallets"], answer["debt"]) == ("81", "0")


def test_what_is_due_is_posted_before_it_is_summed_up() -> None:
    with at(START):
        services.issue_grant(reference="u", amount=D(9), source="purchase", expires_at=START + HOUR)
        services.issue_grant(reference="u", amount=D(4), source="purchase", effective_at=START + HOUR)
    with at(START + HOUR):
        assert selectors.trial_balance()["unsettled"] == 1
        told = selectors.settled_trial_balance()
    assert (told["wallets"], told["unsettled"]) == ("4", 0)
    assert told["contra"] == {"breakage": "9", "purchases": "-13"}


@pytest.mark.corrupts_ledger
def test_sums_may_pass_64_bits() -> None:
    Wallet.objects.bulk_create([Wallet(reference=f"w{number}", balance=1_000_000_000) for number in range(9_300)])
    assert selectors.trial_balance()["wallets"] == "9300000000000"


def test_an_empty_ledger_has_a_trial_balance_and_a_checkpoint() -> None:
    with at(START):
        told = selectors.trial_balance()
    as_of = "2026-03-01T12:00:00.000000Z"
    assert told == {"as_of": as_of, "unsettled": 0, "wallets": "0", "contra": {}, "total": "0", "debt": "0"}
    assert selectors.checkpoint()["wallets"] == 0


def test_a_checkpoint_signs_the_head_of_every_wallet() -> None:
    damage.build()
    lines: list[str] = []
    signed = selectors.checkpoint(lines.append)
    heads = [tuple(json.loads(line)["head"]) for line in lines]
    assert set(heads) == set(Wallet.objects.values_list("reference", "sequence", "head_hash"))
    digest = HeadDigest()
    for head in heads:
        digest.add(head)
    assert (signed["digest"], signed["wallets"], signed["entries"]) == (digest.hexdigest(), 2, 12)
    assert is_ours(signed)
    assert not is_ours({**signed, "entries": 11})
